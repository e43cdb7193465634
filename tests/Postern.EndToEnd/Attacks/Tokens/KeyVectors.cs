using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Postern.EndToEnd.Attacks.Tokens;

/// <summary>What an issuer may have published by mistake, or somebody in its name; and a token that whoever takes the key would take.</summary>
/// <param name="Publish">The set of keys as it is fetched.</param>
/// <param name="Sign">Makes the token of an issuer's name.</param>
internal sealed record KeyVector(string Name, string Publish, Func<string, string> Sign)
{
    /// <summary>The keys of the set, where it is one.</summary>
    public IEnumerable<JsonNode> Keys
    {
        get
        {
            try
            {
                return JsonNode.Parse(Publish) is JsonObject set && set["keys"] is JsonArray keys ? keys.OfType<JsonObject>() : [];
            }
            catch (System.Text.Json.JsonException)
            {
                return [];
            }
        }
    }

    public static IReadOnlyList<KeyVector> On(ForgingIssuer issuer) => [.. OfUse(issuer), .. OfRsa(issuer), .. OfCurves(issuer), .. OfKind(issuer), .. OfSets(issuer)];

    private static IEnumerable<KeyVector> OfUse(ForgingIssuer issuer)
    {
        foreach (var (algorithm, other) in ((string, string)[])[("RS256", "RS512"), ("ES256", "ES384")])
        {
            foreach (var (name, value) in (IEnumerable<(string, JsonNode)>)
            [
                ("use", "enc"), ("use", "SIG"), ("use", "tls"), ("key_ops", new JsonArray("sign")), ("key_ops", new JsonArray("encrypt", "wrapKey")), ("key_ops", new JsonArray("VERIFY")),
                ("alg", other), ("alg", "none"), ("alg", "RSA-OAEP"), ("alg", algorithm.ToLowerInvariant()), ("kid", "another"), ("kty", algorithm[0] == 'R' ? "EC" : "RSA"), ("kty", "oct"), ("kty", "rsa"), ("kty", "OKP"), ("kty", ""),
            ])
            {
                var key = KeyOf(issuer, algorithm);
                key[name] = value;
                yield return new($"{algorithm}, {name} {value.ToJsonString()}", Set(key), Signed(issuer, algorithm));
            }

            var bare = KeyOf(issuer, algorithm);
            bare.Remove("kty");
            yield return new($"{algorithm}, no kty", Set(bare), Signed(issuer, algorithm));
        }
    }

    private static IEnumerable<KeyVector> OfRsa(ForgingIssuer issuer)
    {
        foreach (var bits in (int[])[512, 768, 1024, 1536, 2040])
        {
            var small = RSA.Create(bits);
            yield return new($"RSA of {bits} bits", Set(ForgingIssuer.RsaKey(small)), SignedBy("RS256", bytes => small.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)));
        }

        // Anybody can sign: the block is its own root.
        var modulus = issuer.Rsa.ExportParameters(false).Modulus!;
        foreach (var (name, exponent) in (IEnumerable<(string, byte[])>)[("1", [1]), ("1 in three bytes", [0, 0, 1]), ("0", [0]), ("2", [2]), ("nothing", []), ("n", modulus)])
        {
            yield return new($"RSA with e = {name}", Set(Rsa(modulus, exponent)), SignedBy("RS256", static bytes => Block(bytes)));
        }

        foreach (var (name, odd) in (IEnumerable<(string, byte[])>)
            [("nothing", []), ("0", new byte[256]), ("1", [.. new byte[255], 1]), ("an even number", [.. modulus[..^1], (byte)(modulus[^1] ^ 1)]), ("a power of two", [0x80, .. new byte[255]]), ("one byte less", modulus[1..])])
        {
            yield return new($"RSA with n = {name}", Set(Rsa(odd, [1, 0, 1])), Signed(issuer, "RS256"));
            yield return new($"RSA with n = {name}, the block for a signature", Set(Rsa(odd, [1, 0, 1])), SignedBy("RS256", static bytes => Block(bytes)));
        }

        var without = ForgingIssuer.RsaKey(issuer.Rsa);
        without.Remove("e");
        yield return new("RSA without e", Set(without), Signed(issuer, "RS256"));
        var plain = ForgingIssuer.RsaKey(issuer.Rsa);
        plain["n"] = "not base64 ?";
        yield return new("RSA with n that is no base64url", Set(plain), Signed(issuer, "RS256"));
        plain = ForgingIssuer.RsaKey(issuer.Rsa);
        plain["n"] = 65_537;
        yield return new("RSA with n that is a number", Set(plain), Signed(issuer, "RS256"));
    }

    private static IEnumerable<KeyVector> OfCurves(ForgingIssuer issuer)
    {
        var curve = issuer.Curve("ES256");
        var point = curve.ExportParameters(false).Q;
        var prime = new BigInteger(curve.ExportExplicitParameters(false).Curve.Prime!, isUnsigned: true, isBigEndian: true);
        foreach (var (name, x, y) in (IEnumerable<(string, byte[], byte[])>)
        [
            ("not on the curve", point.X!, [.. point.Y![..^1], (byte)(point.Y![^1] ^ 1)]), ("of zeros", new byte[32], new byte[32]), ("without x", [], point.Y!), ("without y", point.X!, []), ("with x and y changed over", point.Y!, point.X!),
            ("with x = p", prime.ToByteArray(true, true), point.Y!), ("with x + p", (prime + new BigInteger(point.X!, true, true)).ToByteArray(true, true), point.Y!), ("of ones", [.. Enumerable.Repeat((byte)255, 32)], [.. Enumerable.Repeat((byte)255, 32)]),
            ("cut short", point.X![..31], point.Y![..31]), ("in x alone, compressed", [2, .. point.X!], []), ("with (0, 1)", new byte[32], [.. new byte[31], 1]),
        ])
        {
            foreach (var signature in (IEnumerable<(string Name, Func<byte[], byte[]> Make)>)[("the right one", bytes => issuer.Sign("ES256", bytes)), ("zeros", static _ => new byte[64]), ("ones", static _ => [.. new byte[31], 1, .. new byte[31], 1])])
            {
                yield return new($"a point {name}, signature: {signature.Name}", Set(Point("P-256", x, y)), SignedBy("ES256", signature.Make));
            }
        }

        var plain = KeyOf(issuer, "ES256");
        plain["x"] = "not base64 ?";
        yield return new("a point with x that is no base64url", Set(plain), Signed(issuer, "ES256"));
        foreach (var crv in (string[])["P-384", "P-521", "secp256k1", "p-256", "prime256v1", "Ed25519", "X25519", "brainpoolP256r1", ""])
        {
            yield return new($"a point of P-256 as of '{crv}'", Set(Point(crv, point.X!, point.Y!)), Signed(issuer, "ES256"));
        }

        var other = ECDsa.Create(ECCurve.CreateFromFriendlyName("secp256k1"));
        var koblitz = other.ExportParameters(false).Q;
        foreach (var crv in (string[])["secp256k1", "P-256"])
        {
            yield return new($"a point of secp256k1 as of {crv}", Set(Point(crv, koblitz.X!, koblitz.Y!)), SignedBy("ES256", bytes => other.SignData(bytes, HashAlgorithmName.SHA256)));
        }
    }

    /// <summary>A public set with a secret in it, which everybody knows then.</summary>
    private static IEnumerable<KeyVector> OfKind(ForgingIssuer issuer)
    {
        var secret = Encoding.UTF8.GetBytes(issuer.Secret);
        foreach (var bytes in (byte[][])[secret, [], [0], new byte[64], Encoding.ASCII.GetBytes(issuer.Rsa.ExportSubjectPublicKeyInfoPem()), issuer.Rsa.ExportSubjectPublicKeyInfo()])
        {
            foreach (var algorithm in ForgingIssuer.SharedAlgorithms)
            {
                yield return new(
                    $"a secret of {bytes.Length} bytes, {algorithm}", Set(new JsonObject { ["kty"] = "oct", ["kid"] = "secret", ["k"] = ForgingIssuer.Encode(bytes), ["alg"] = algorithm }, KeyOf(issuer, "RS256")),
                    SignedBy(algorithm, signed => CryptographicOperations.HmacData(ForgingIssuer.HashOf(algorithm), bytes, signed)));
            }
        }

        // And the secret of all secrets: the set as it is fetched.
        var set = Set(KeyOf(issuer, "RS256"));
        yield return new("the set for a secret", set, SignedBy("HS256", signed => HMACSHA256.HashData(Encoding.UTF8.GetBytes(set), signed)));
    }

    private static IEnumerable<KeyVector> OfSets(ForgingIssuer issuer)
    {
        var key = KeyOf(issuer, "RS256").ToJsonString();
        foreach (var set in (string[])
        [
            "", "null", "[]", "{}", $"[{key}]", key, $$"""{"keys":{{key}}}""", """{"keys":[]}""", """{"keys":null}""", """{"keys":"all"}""", """{"keys":[null]}""", """{"keys":[[]]}""", """{"keys":[1]}""",
            $$"""{"keys":[{{key}}]""", $$"""{"keys":[{{key}}],}""", "<html/>", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", new string('[', 100_000),
            $$"""{"keys":[{{key}}],"more":"{{new string('x', 300_000)}}"}""",
        ])
        {
            yield return new($"a set {set[..Math.Min(set.Length, 60)]}", set, Signed(issuer, "RS256"));
        }
    }

    private static JsonObject KeyOf(ForgingIssuer issuer, string algorithm) => algorithm[0] == 'R' ? ForgingIssuer.RsaKey(issuer.Rsa) : ForgingIssuer.CurveKey(issuer.Curve(algorithm), ForgingIssuer.KeyIdOf(algorithm));

    private static JsonObject Rsa(byte[] modulus, byte[] exponent) => new() { ["kty"] = "RSA", ["kid"] = "rsa", ["n"] = ForgingIssuer.Encode(modulus), ["e"] = ForgingIssuer.Encode(exponent) };

    private static JsonObject Point(string curve, byte[] x, byte[] y) => new() { ["kty"] = "EC", ["kid"] = "ES256", ["crv"] = curve, ["x"] = ForgingIssuer.Encode(x), ["y"] = ForgingIssuer.Encode(y) };

    private static string Set(params JsonObject[] keys) => new JsonObject { ["keys"] = new JsonArray([.. keys]) }.ToJsonString();

    private static Func<string, string> Signed(ForgingIssuer issuer, string algorithm) => SignedBy(algorithm, bytes => issuer.Sign(algorithm, bytes));

    private static Func<string, string> SignedBy(string algorithm, Func<byte[], byte[]> sign) => name =>
    {
        var signed = $"{ForgingIssuer.Encode(ForgingIssuer.Header(algorithm).ToJsonString())}.{ForgingIssuer.Encode(ForgingIssuer.Claims(name).ToJsonString())}";
        return $"{signed}.{ForgingIssuer.Encode(sign(Encoding.ASCII.GetBytes(signed)))}";
    };

    /// <summary>What a signature with RS256 holds.</summary>
    private static byte[] Block(byte[] message)
    {
        byte[] info = [0x30, 0x31, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20, .. SHA256.HashData(message)];
        return [0, 1, .. Enumerable.Repeat((byte)0xFF, 256 - info.Length - 3), 0, .. info];
    }
}
