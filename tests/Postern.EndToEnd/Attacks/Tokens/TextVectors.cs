using System.Text;
using System.Text.Json.Nodes;

namespace Postern.EndToEnd.Attacks.Tokens;

/// <summary>Tokens that some reader takes for something else: other spellings of base64url, other shapes, other JSON, other headers.</summary>
/// <remarks>What is signed is signed with the right key over the very text that is sent, wherever that can be.</remarks>
internal static class TextVectors
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    private static readonly string[] Parts = ["header", "claims", "signature"];

    public static IEnumerable<TokenVector> On(string algorithm, ForgingIssuer issuer) =>
        ((IEnumerable<(string Name, string Token)>)[.. OnEncoding(algorithm, issuer), .. OnShape(algorithm, issuer), .. OnHeader(algorithm, issuer), .. OnClaims(algorithm, issuer)])
        .Select(entry => new TokenVector($"{algorithm}: {entry.Name}", entry.Token));

    private static IEnumerable<(string, string)> OnEncoding(string algorithm, ForgingIssuer issuer)
    {
        var good = issuer.Make(algorithm).Split('.');
        for (var part = 0; part < good.Length; part++)
        {
            foreach (var (name, spelling) in Spellings(good[part]))
            {
                var parts = good.ToArray();
                parts[part] = spelling;
                yield return ($"{Parts[part]} {name}", part == 2 ? string.Join('.', parts) : issuer.SignText(algorithm, $"{parts[0]}.{parts[1]}"));
            }
        }
    }

    private static IEnumerable<(string, string)> Spellings(string part)
    {
        var (middle, bytes) = (part.Length / 2, System.Buffers.Text.Base64Url.DecodeFromChars(part));
        yield return ("with padding", part + "=");
        yield return ("with padding twice", part + "==");
        yield return ("with padding as it belongs", Convert.ToBase64String(bytes).Replace('+', '-').Replace('/', '_') + (part.Length % 4 == 0 ? "====" : ""));
        yield return ("with padding in it", part[..middle] + "=" + part[middle..]);
        yield return ("with padding as of a URL", part + "%3D");
        foreach (var odd in "+/ \t.,~!*\\|\"\u00A0\u00E9")
        {
            yield return ($"with {(int)odd:X2} in it", part[..middle] + odd + part[(middle + 1)..]);
            yield return ($"with {(int)odd:X2} put in", part[..middle] + odd + part[middle..]);
        }

        if (part.Length % 4 is not 0 and var rest)
        {
            // Bits of the last letter that no byte is made of.
            var last = Alphabet.IndexOf(part[^1], StringComparison.Ordinal);
            for (var stray = 1; stray < (rest == 2 ? 16 : 4); stray *= 2)
            {
                yield return ($"with the stray bit {stray}", part[..^1] + Alphabet[last | stray]);
            }
        }

        yield return ("and a letter", part + "A");
        yield return ("and four letters", part + "AAAA");
        yield return ("without its last letter", part[..^1]);
        yield return ("in small letters", part.ToLowerInvariant());
        yield return ("encoded twice", ForgingIssuer.Encode(part));
        yield return ("in hexadecimal digits", Convert.ToHexString(bytes));
        yield return ("twice", part + part);
        yield return ("of nothing", "");
    }

    private static IEnumerable<(string, string)> OnShape(string algorithm, ForgingIssuer issuer)
    {
        var good = issuer.Make(algorithm);
        var (header, claims, signature) = good.Split('.') switch { var parts => (parts[0], parts[1], parts[2]) };
        foreach (var token in (string[])
        [
            "", ".", "..", "...", "....", header, $"{header}.", $"{header}.{claims}", $"{header}..", $"..{signature}", $".{claims}.{signature}", $"{header}..{signature}", $"{good}.", $".{good}", $"{good}.{signature}",
            $"{good}..", $"{good}.{claims}.{signature}", $"{header}.{claims}.{signature}.{signature}.{signature}.{signature}", $"{claims}.{header}.{signature}", $"{header}.{signature}.{claims}", $"{signature}.{claims}.{header}",
            $"{header},{claims},{signature}", $"{header}:{claims}:{signature}", $"{good},{good}", $"{good} {good}", $"Bearer {good}", $"\"{good}\"", $"<{good}>", $"{good};",
        ])
        {
            yield return ($"shape {token.Replace(header, "h", StringComparison.Ordinal).Replace(claims, "c", StringComparison.Ordinal).Replace(signature, "s", StringComparison.Ordinal)}", token);
        }

        yield return ("JSON, flattened", $$"""{"protected":"{{header}}","payload":"{{claims}}","signature":"{{signature}}"}""");
        yield return ("JSON, general", $$"""{"payload":"{{claims}}","signatures":[{"protected":"{{header}}","signature":"{{signature}}"}]}""");
        yield return ("JSON, two signatures", $$"""{"payload":"{{claims}}","signatures":[{"protected":"{{ForgingIssuer.Encode("""{"alg":"none"}""")}}","signature":""},{"protected":"{{header}}","signature":"{{signature}}"}]}""");
        foreach (var wrap in (string[])["""{"alg":"dir","enc":"A256GCM"}""", """{"alg":"RSA-OAEP","enc":"A128CBC-HS256","zip":"DEF"}""", """{"alg":"PBES2-HS256+A128KW","p2c":2147483647,"p2s":"AAAAAAAAAAA","enc":"A128GCM"}"""])
        {
            yield return ($"encrypted, {wrap}", $"{ForgingIssuer.Encode(wrap)}..AAAAAAAAAAAAAAAA.{claims}.AAAAAAAAAAAAAAAAAAAAAA");
        }

        yield return ("a token in a token", issuer.Make(algorithm, ForgingIssuer.Header(algorithm).ToJsonString(), good));
        yield return ("larger than any", issuer.Make(algorithm, ForgingIssuer.Header(algorithm).ToJsonString(), With(ForgingIssuer.ClaimsFor(algorithm), "x", new string('x', 17 * 1024))));
    }

    private static IEnumerable<(string, string)> OnHeader(string algorithm, ForgingIssuer issuer)
    {
        var claims = ForgingIssuer.ClaimsFor(algorithm).ToJsonString();
        string Header(string name, JsonNode? value) => With(ForgingIssuer.Header(algorithm), name, value);
        foreach (var none in (string[])["none", "None", "NONE", "nOnE", "none ", " none", "none\u0000", "ｎｏｎｅ", "null", "", "noné"])
        {
            var signed = $"{ForgingIssuer.Encode(Header("alg", none))}.{ForgingIssuer.Encode(claims)}";
            yield return ($"alg '{none}' without a signature", signed + ".");
            yield return ($"alg '{none}' with the right signature", issuer.SignText(algorithm, signed));
        }

        foreach (var name in ((string[])
            [
                algorithm.ToLowerInvariant(), algorithm + " ", " " + algorithm, algorithm + "\u0000", algorithm.Insert(2, "-"), algorithm + "K", algorithm[..2], "RS1", "HS1", "ES256K", "EdDSA", "RSA-OAEP", "dir", "A128KW",
                "SHA256withRSA", "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", .. ForgingIssuer.Algorithms,
            ]).Where(name => name != algorithm))
        {
            yield return ($"says {name}", issuer.Make(algorithm, Header("alg", name), claims));
        }

        foreach (var critical in (string[])["[]", "[\"b64\"]", "[\"exp\"]", "[\"alg\"]", "[\"urn:example:other\"]", "\"b64\"", "null", "{}", "true", "[\"\"]", "[[\"b64\"]]", "[\"b64\",\"b64\"]"])
        {
            yield return ($"crit {critical}", issuer.Make(algorithm, With(ForgingIssuer.Header(algorithm), ("crit", JsonNode.Parse(critical)), ("b64", true)), claims));
        }

        // RFC 7797: claims as they are.
        var plain = With(ForgingIssuer.Header(algorithm), ("crit", new JsonArray("b64")), ("b64", false));
        yield return ("b64 false", issuer.SignText(algorithm, $"{ForgingIssuer.Encode(plain)}.{claims}"));
        yield return ("b64 false, claims encoded", issuer.Make(algorithm, plain, claims));
        yield return ("b64 false, claims away", issuer.SignText(algorithm, $"{ForgingIssuer.Encode(plain)}."));
        foreach (var (name, value) in (IEnumerable<(string, JsonNode?)>)
        [
            ("alg", null), ("alg", 1), ("alg", new JsonArray(algorithm)), ("alg", new JsonObject { ["name"] = algorithm }), ("kid", null), ("kid", ""), ("kid", 1), ("kid", new JsonArray("rsa")), ("kid", new string('k', 1_000)),
            ("enc", "A256GCM"), ("zip", "DEF"), ("typ", "JWE"), ("typ", "secevent+jwt"), ("typ", "dpop+jwt"), ("typ", "logout+jwt"), ("typ", 1), ("typ", null),
        ])
        {
            yield return ($"{name} is {value?.ToJsonString() ?? "null"}", issuer.Make(algorithm, Header(name, value), claims));
        }

        var (good, id) = (ForgingIssuer.Header(algorithm).ToJsonString(), ForgingIssuer.KeyIdOf(algorithm));
        foreach (var header in (string[])
        [
            "\uFEFF" + good, good + good, good + " {}", good + "\u0000", good[..^1], good[..^1] + ",}", good.Replace('"', '\''), "[" + good + "]", "\"" + algorithm + "\"", "null", "1", "{}", "",
            $$"""{"alg":"none","alg":"{{algorithm}}","kid":"{{id}}"}""", $$"""{"alg":"{{algorithm}}","alg":"{{algorithm}}","kid":"{{id}}"}""", $$"""{"\u0061lg":"none","alg":"{{algorithm}}"}""", $$"""{"alg":"{{algorithm}}","kid":"a","kid":"{{id}}"}""",
            $$$"""{"alg":"{{{algorithm}}}","kid":"{{{id}}}","x":{"a":1,"a":2}}""", $$"""{"alg":"{{algorithm}}","x":NaN}""", $$"""{"alg":"{{algorithm}}"/* */}""", $$"""{"alg":"{{algorithm}}","x":{{new string('[', 64)}}{{new string(']', 64)}}}""",
            $$"""{"alg":"{{algorithm}}","x":"\ud800"}""".Replace("\"x\"", "\"\\ud800\"", StringComparison.Ordinal), $"{{alg:\"{algorithm}\"}}", $$"""{"ALG":"{{algorithm}}"}""", $$"""{"alg ":"{{algorithm}}"}""",
        ])
        {
            yield return ($"header {header}", issuer.Make(algorithm, header, claims));
        }

        yield return ("header in UTF-16", issuer.SignText(algorithm, $"{ForgingIssuer.Encode(Encoding.Unicode.GetBytes(good))}.{ForgingIssuer.Encode(claims)}"));
        yield return ("header that is no UTF-8", issuer.SignText(algorithm, $"{ForgingIssuer.Encode([.. Encoding.UTF8.GetBytes(good[..^1] + ",\"x\":\""), 0xC0, 0x80, .. "\"}"u8])}.{ForgingIssuer.Encode(claims)}"));
    }

    private static IEnumerable<(string, string)> OnClaims(string algorithm, ForgingIssuer issuer)
    {
        var (header, good) = (ForgingIssuer.Header(algorithm).ToJsonString(), ForgingIssuer.ClaimsFor(algorithm));
        var later = (long)good["exp"]!;
        foreach (var name in (string[])["iss", "aud", "sub", "exp"])
        {
            foreach (var value in (string[])["null", "true", "{}", "[]", "[[]]", "\"\"", "-1", "0", "[null]", "[1]"])
            {
                yield return ($"{name} {value}", issuer.Make(algorithm, header, With(good, name, JsonNode.Parse(value))));
            }
        }

        foreach (var (name, value) in (IEnumerable<(string, string)>)
        [
            ("exp", "1e400"), ("exp", "-1e400"), ("exp", "1e99"), ("exp", "99999999999999999999"), ("exp", "253402300800"), ("exp", $"\"{later}\""), ("exp", $"{later - 7_200}"), ("exp", "NaN"), ("exp", "0x7fffffff"), ("exp", $"0{later}"),
            ("nbf", $"{later}"), ("nbf", "\"0\""), ("nbf", "null"), ("nbf", "-1"), ("nbf", "1e400"), ("iat", $"{later}"), ("iat", "\"0\""), ("iat", "[]"),
            ("sub", "\"Acme\""), ("sub", "\"acme \""), ("sub", "\"acme\\u0000\""), ("sub", "\"\\ud800\""), ("sub", "\"nobody\""), ("aud", "\"Postern\""), ("aud", "[\"postern\",1]"), ("aud", "[[\"postern\"]]"), ("iss", "\"https://issuer.test/public/\""),
            ("iss", "\"https://issuer.test\""), ("iss", "\"HTTPS://issuer.test/public\""), ("iss", "\"https://issuer.test/other\""),
        ])
        {
            var rest = With(good, name, 0).Replace($"\"{name}\":0", $"\"{name}\":{value}", StringComparison.Ordinal);
            yield return ($"{name} {value}", issuer.Make(algorithm, header, rest));
        }

        foreach (var name in (string[])["iss", "aud", "sub", "exp"])
        {
            var without = good.DeepClone().AsObject();
            without.Remove(name);
            yield return ($"no {name}", issuer.Make(algorithm, header, without.ToJsonString()));
            yield return ($"{name} twice", issuer.Make(algorithm, header, $"{{\"{name}\":1,{good.ToJsonString()[1..]}"));
            yield return ($"{name} twice, the good one first", issuer.Make(algorithm, header, $"{good.ToJsonString()[..^1]},\"{name}\":1}}"));
            yield return ($"{name} twice, once spelled out", issuer.Make(algorithm, header, $"{{\"\\u00{(int)name[0]:x2}{name[1..]}\":1,{good.ToJsonString()[1..]}"));
        }

        var text = good.ToJsonString();
        foreach (var claims in (string[])["\uFEFF" + text, text + text, text + "x", text[..^1], text[..^1] + ",}", $"[{text}]", "null", "[]", "\"acme\"", "", $"{text[..^1]},\"x\":{new string('[', 64)}{new string(']', 64)}}}", $"{text[..^1]},\"\\ud800\":1}}"])
        {
            yield return ($"claims {claims}", issuer.Make(algorithm, header, claims));
        }
    }

    private static string With(JsonObject all, string name, JsonNode? value) => With(all, (name, value));

    private static string With(JsonObject all, params (string Name, JsonNode? Value)[] members)
    {
        var changed = all.DeepClone().AsObject();
        foreach (var (name, value) in members)
        {
            changed[name] = value;
        }

        return changed.ToJsonString();
    }
}
