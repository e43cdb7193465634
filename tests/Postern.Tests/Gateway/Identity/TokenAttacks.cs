using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Postern.Tests.Gateway.Identity;

/// <summary>
/// Ways to break a token, each made for every algorithm: the classes of the Wycheproof JWS vectors, RFC 8725 and the advisories of other gateways,
/// made anew. What is signed is signed with the right key: what is wrong is only what the attack is about.
/// </summary>
internal static class TokenAttacks
{
    public static IEnumerable<(string Name, string Token)> On(string algorithm, TokenMaker issuer, TokenMaker stranger) =>
        [.. OnSignature(algorithm, issuer, stranger), .. OnHeader(algorithm, issuer), .. OnClaims(algorithm, issuer), .. OnShape(algorithm, issuer)];

    private static IEnumerable<(string, string)> OnSignature(string algorithm, TokenMaker issuer, TokenMaker stranger)
    {
        var good = issuer.Make(algorithm);
        var (signed, signature) = (good[..good.LastIndexOf('.')], Decode(good[(good.LastIndexOf('.') + 1)..]));
        string With(byte[] bytes) => signed + "." + TokenMaker.Encode(bytes);

        yield return ("no signature", signed + ".");
        yield return ("another issuer's key", stranger.Make(algorithm));
        foreach (var name in (string[])["jwk", "jku", "x5u", "x5c"])
        {
            // CVE-2018-0114: the token brings the key along that verifies it.
            var header = TokenMaker.Header(algorithm);
            header[name] = name switch
            {
                "jwk" => JsonNode.Parse(stranger.Jwks())!["keys"]![0]!.DeepClone(),
                "x5c" => new JsonArray(Convert.ToBase64String(stranger.Rsa.ExportSubjectPublicKeyInfo())),
                _ => "https://evil.test/keys",
            };
            yield return ($"another issuer's key, which {name} brings along", stranger.Sign(header.ToJsonString(), TokenMaker.Claims().ToJsonString(), algorithm));
        }

        foreach (var length in (int[])[1, 8, 16, 31, 32, 64, signature.Length - 1])
        {
            if (length < signature.Length)
            {
                yield return ($"only {length} bytes of the signature", With(signature[..length]));
            }
        }

        yield return ("a byte more", With([.. signature, 0]));
        yield return ("a byte before", With([0, .. signature]));
        yield return ("twice", With([.. signature, .. signature]));
        yield return ("zeros", With(new byte[signature.Length]));
        yield return ("ones", With([.. Enumerable.Repeat((byte)0xFF, signature.Length)]));
        yield return ("reversed", With([.. signature.Reverse()]));
        foreach (var bit in (int[])[0, 7, signature.Length * 4, (signature.Length * 8) - 1])
        {
            var flipped = signature.ToArray();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            yield return ($"bit {bit} flipped", With(flipped));
        }

        if (algorithm[0] == 'E')
        {
            // CVE-2022-21449: r = s = 0, and relatives; DER where the two numbers belong.
            var half = signature.Length / 2;
            byte[] one = [.. new byte[half - 1], 1];
            yield return ("r = 0", With([.. new byte[half], .. signature[half..]]));
            yield return ("s = 0", With([.. signature[..half], .. new byte[half]]));
            yield return ("r = s = 1", With([.. one, .. one]));
            yield return ("r and s changed over", With([.. signature[half..], .. signature[..half]]));
            yield return ("DER", With([0x30, (byte)(signature.Length + 4), 2, (byte)half, .. signature[..half], 2, (byte)half, .. signature[half..]]));
        }
    }

    private static IEnumerable<(string, string)> OnHeader(string algorithm, TokenMaker issuer)
    {
        var claims = TokenMaker.Claims().ToJsonString();
        string With(string name, JsonNode? value)
        {
            var header = TokenMaker.Header(algorithm);
            header[name] = value;
            return issuer.Sign(header.ToJsonString(), claims, algorithm);
        }

        foreach (var none in (string[])["none", "None", "NONE", "nOnE", "none ", "", "NoNe\u0000"])
        {
            var header = new JsonObject { ["alg"] = none }.ToJsonString();
            var signed = TokenMaker.Encode(Encoding.UTF8.GetBytes(header)) + "." + TokenMaker.Encode(Encoding.UTF8.GetBytes(claims));
            yield return ($"alg {none}, no signature", signed + ".");
            yield return ($"alg {none}, the right signature", signed + "." + TokenMaker.Encode(issuer.Signature(algorithm, Encoding.ASCII.GetBytes(signed))));
        }

        foreach (var other in TokenMaker.Algorithms.Where(other => other != algorithm))
        {
            // Declares one algorithm, is signed with another.
            yield return ($"says {other}", issuer.Sign(TokenMaker.Header(other).ToJsonString(), claims, algorithm));
        }

        foreach (var (name, key) in (IEnumerable<(string, byte[])>)
        [
            ("PEM", Encoding.ASCII.GetBytes(issuer.Rsa.ExportSubjectPublicKeyInfoPem())), ("PEM with its end", Encoding.ASCII.GetBytes(issuer.Rsa.ExportSubjectPublicKeyInfoPem() + "\n")),
            ("DER", issuer.Rsa.ExportSubjectPublicKeyInfo()), ("PKCS #1", issuer.Rsa.ExportRSAPublicKey()), ("modulus", issuer.Rsa.ExportParameters(false).Modulus!),
            ("JWKS", Encoding.UTF8.GetBytes(issuer.Jwks())), ("nothing", []), ("a zero", [0]),
        ])
        {
            // CVE-2026-39999 and its many kin: the public key, which everybody has, as the secret of an HMAC.
            foreach (var kid in (string?[])["rsa", null])
            {
                var header = new JsonObject { ["alg"] = "HS256" };
                if (kid is not null)
                {
                    header["kid"] = kid;
                }

                var signed = TokenMaker.Encode(Encoding.UTF8.GetBytes(header.ToJsonString())) + "." + TokenMaker.Encode(Encoding.UTF8.GetBytes(claims));
                yield return ($"{name} as the secret, kid {kid}", signed + "." + TokenMaker.Encode(HMACSHA256.HashData(key, Encoding.ASCII.GetBytes(signed))));
            }
        }

        // A shared secret has no name: what a token calls it is nothing that could mislead.
        string[] names = algorithm[0] == 'H' ? [] : ["../../../../dev/null", "/dev/null", "' OR 1=1 --", "rsa\u0000", "RSA ", "unknown", "| id", "http://127.0.0.1/key"];
        foreach (var kid in (string[])["", new string('k', 1000), .. names])
        {
            yield return ($"kid {kid}", With("kid", kid));
        }

        yield return ("kid is a number", With("kid", 1));
        yield return ("kid is a list", With("kid", new JsonArray("rsa")));
        yield return ("alg is a list", With("alg", new JsonArray(algorithm)));
        yield return ("alg is null", With("alg", null));
        yield return ("alg in small letters", With("alg", algorithm.ToLowerInvariant()));
        yield return ("alg of encryption", With("alg", "dir"));
        yield return ("crit with nothing", With("crit", new JsonArray()));
        yield return ("crit with b64", With("crit", new JsonArray("b64")));
        yield return ("crit with an unknown name", With("crit", new JsonArray("urn:example")));
        yield return ("enc", With("enc", "A256GCM"));
        yield return ("zip", With("zip", "DEF"));
        foreach (var type in (string[])["logout+jwt", "dpop+jwt", "secevent+jwt", "JWE", "kb+jwt"])
        {
            yield return ($"typ {type}", With("typ", type));
        }

        var twice = $$"""{"alg":"none","alg":"{{algorithm}}","kid":"{{TokenMaker.Kid(algorithm)}}"}""";
        yield return ("alg twice", issuer.Sign(twice, claims, algorithm));
        yield return ("kid twice", issuer.Sign($$"""{"alg":"{{algorithm}}","kid":"x","kid":"{{TokenMaker.Kid(algorithm)}}"}""", claims, algorithm));
        yield return ("alg twice, once spelled out", issuer.Sign($$"""{"\u0061lg":"none","alg":"{{algorithm}}"}""", claims, algorithm));
        yield return ("a list for a header", issuer.Sign($$"""["{{algorithm}}"]""", claims, algorithm));
        yield return ("no header", issuer.Sign("", claims, algorithm));
        yield return ("header and more", issuer.Sign(TokenMaker.Header(algorithm).ToJsonString() + "{}", claims, algorithm));
    }

    private static IEnumerable<(string, string)> OnClaims(string algorithm, TokenMaker issuer)
    {
        var (header, now) = (TokenMaker.Header(algorithm).ToJsonString(), TokenMaker.Now.ToUnixTimeSeconds());
        string Raw(string claims) => issuer.Sign(header, claims, algorithm);
        string With(string name, JsonNode? value)
        {
            var claims = TokenMaker.Claims();
            claims[name] = value;
            return Raw(claims.ToJsonString());
        }

        string Without(string name)
        {
            var claims = TokenMaker.Claims();
            claims.Remove(name);
            return Raw(claims.ToJsonString());
        }

        foreach (var name in (string[])["iss", "aud", "sub", "exp"])
        {
            yield return ($"without {name}", Without(name));
            yield return ($"{name} is null", With(name, null));
            yield return ($"{name} is an object", With(name, new JsonObject()));
        }

        foreach (var other in (string[])["https://issuer.test", "https://issuer.test/.", "HTTPS://ISSUER.TEST/", "https://evil.test/", ""])
        {
            yield return ($"iss {other}", With("iss", other));
        }

        yield return ("iss in a list", With("iss", new JsonArray(TokenMaker.Issuer)));
        foreach (var other in (string[])["", "Postern", "postern ", "postern2", "other"])
        {
            yield return ($"aud {other}", With("aud", other));
        }

        yield return ("aud is empty", With("aud", new JsonArray()));
        yield return ("aud with a number", With("aud", new JsonArray(TokenMaker.Audience, 1)));
        yield return ("aud in a list in a list", With("aud", new JsonArray(new JsonArray(TokenMaker.Audience))));
        yield return ("expired", With("exp", now - 31));
        yield return ("expired long ago", With("exp", 0));
        yield return ("exp negative", With("exp", -1));
        yield return ("exp as text", With("exp", (now + 300).ToString(System.Globalization.CultureInfo.InvariantCulture)));
        yield return ("exp true", With("exp", true));
        yield return ("exp in a list", With("exp", new JsonArray(now + 300)));
        yield return ("not yet", With("nbf", now + 31));
        yield return ("nbf as text", With("nbf", "0"));
        yield return ("nbf negative", With("nbf", -1));
        yield return ("issued in the future", With("iat", now + 31));
        yield return ("iat as text", With("iat", "0"));
        var start = $$"""{"iss":"{{TokenMaker.Issuer}}","aud":"{{TokenMaker.Audience}}","sub":"acme",""";
        foreach (var exp in (string[])["1e400", "-1e400", "1e99", "99999999999999999999", "253402300800", "1e", "0x7fffffff", "NaN", "Infinity", "-0.5", "01"])
        {
            yield return ($"exp {exp}", Raw(start + $"\"exp\":{exp}}}"));
        }

        yield return ("exp twice", Raw(start + $"\"exp\":1,\"exp\":{now + 300}}}"));
        yield return ("exp twice, the good one first", Raw(start + $"\"exp\":{now + 300},\"exp\":1}}"));
        yield return ("sub twice", Raw(start + $"\"sub\":\"globex\",\"exp\":{now + 300}}}"));
        yield return ("sub twice, once spelled out", Raw(start + $"\"\\u0073ub\":\"globex\",\"exp\":{now + 300}}}"));
        yield return ("a name twice below", Raw(start + $"\"x\":{{\"a\":1,\"a\":2}},\"exp\":{now + 300}}}"));
        yield return ("a comment", Raw(start + $"/* */\"exp\":{now + 300}}}"));
        yield return ("a comma too many", Raw(start + $"\"exp\":{now + 300},}}"));
        yield return ("half a surrogate pair", Raw(start + $"\"\\ud800\":1,\"exp\":{now + 300}}}"));
        yield return ("half a surrogate pair for a subject", Raw(start.Replace("acme", "\\ud800", StringComparison.Ordinal) + $"\"exp\":{now + 300}}}"));
        yield return ("nested too deep", Raw(start + "\"x\":" + new string('[', 100) + new string(']', 100) + $",\"exp\":{now + 300}}}"));
        foreach (var subject in (string[])["Acme", "acme ", "acme\u0000", "nobody", ""])
        {
            yield return ($"sub {subject}", With("sub", subject));
        }

        yield return ("claims are a list", Raw("[]"));
        yield return ("claims are text", Raw("\"acme\""));
        yield return ("no claims", Raw(""));
    }

    private static IEnumerable<(string, string)> OnShape(string algorithm, TokenMaker issuer)
    {
        var good = issuer.Make(algorithm);
        var parts = good.Split('.');
        yield return ("two parts", parts[0] + "." + parts[1]);
        yield return ("four parts", good + ".AAAA");
        yield return ("five parts", good + ".AAAA.AAAA");
        yield return ("padding", good + "=");
        yield return ("padding in the header", parts[0] + "==." + parts[1] + "." + parts[2]);
        yield return ("a space in it", parts[0] + ". " + parts[1] + "." + parts[2]);
        yield return ("a line break in it", parts[0] + ".\n" + parts[1] + "." + parts[2]);
        yield return ("plain base64", parts[0] + "." + parts[1] + "." + parts[2][..^1] + "+");
        yield return ("claims and header changed over", parts[1] + "." + parts[0] + "." + parts[2]);
        yield return ("as JSON", $$"""{"protected":"{{parts[0]}}","payload":"{{parts[1]}}","signature":"{{parts[2]}}"}""");
        yield return ("a million bytes", parts[0] + "." + new string('A', 1_000_000) + "." + parts[2]);
        if (Respelled(parts[2]) is { } respelled)
        {
            yield return ("stray bits at the end", parts[0] + "." + parts[1] + "." + respelled);
        }
    }

    // Where the last character of base64 carries bits that mean nothing, others in its place decode to the same bytes.
    private static string? Respelled(string part)
    {
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        return part.Length % 4 == 0 ? null : part[..^1] + Alphabet[Alphabet.IndexOf(part[^1], StringComparison.Ordinal) + 1];
    }

    private static byte[] Decode(string part) => System.Buffers.Text.Base64Url.DecodeFromChars(part);
}
