using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace Postern.EndToEnd.Attacks.Tokens;

/// <summary>Signatures that are nearly the right one: their length, their bits, and the numbers that an elliptic curve's is made of.</summary>
internal static class SignatureVectors
{
    public static IEnumerable<TokenVector> On(string algorithm, ForgingIssuer issuer, ForgingIssuer stranger)
    {
        var signed = $"{ForgingIssuer.Encode(ForgingIssuer.Header(algorithm).ToJsonString())}.{ForgingIssuer.Encode(ForgingIssuer.ClaimsFor(algorithm).ToJsonString())}";
        var bytes = Encoding.ASCII.GetBytes(signed);
        var good = issuer.Sign(algorithm, bytes);
        IEnumerable<(string Name, byte[] Signature)> changed =
        [
            .. OnBytes(good), ("of another's key", stranger.Sign(algorithm, bytes)), ("over other bytes", issuer.Sign(algorithm, [.. bytes, 0])), ("over nothing", issuer.Sign(algorithm, [])),
            .. ForgingIssuer.Algorithms.Where(other => other != algorithm).Select(other => ($"made with {other}", issuer.Sign(other, bytes))),
            .. algorithm[0] == 'E' ? OnNumbers(good, issuer.Curve(algorithm)) : [],
        ];
        return changed.Select(entry => new TokenVector($"{algorithm}: signature {entry.Name}", $"{signed}.{ForgingIssuer.Encode(entry.Signature)}"));
    }

    private static IEnumerable<(string, byte[])> OnBytes(byte[] good)
    {
        foreach (var length in ((int[])[0, 1, 8, 16, good.Length / 2, good.Length - 1]).Distinct())
        {
            yield return ($"of its first {length} bytes", good[..length]);
            yield return ($"without its first {good.Length - length} bytes", good[(good.Length - length)..]);
        }

        yield return ("and a zero", [.. good, 0]);
        yield return ("after a zero", [0, .. good]);
        yield return ("and itself", [.. good, .. good]);
        yield return ("of zeros", new byte[good.Length]);
        yield return ("of ones", [.. Enumerable.Repeat((byte)0xFF, good.Length)]);
        yield return ("backwards", [.. good.Reverse()]);
        yield return ("as hexadecimal digits", Encoding.ASCII.GetBytes(Convert.ToHexString(good)));
        yield return ("in base64 once more", Encoding.ASCII.GetBytes(Convert.ToBase64String(good)));
        foreach (var bit in (int[])[0, 1, 7, 8, good.Length * 4, (good.Length * 8) - 8, (good.Length * 8) - 1])
        {
            var flipped = good.ToArray();
            flipped[bit / 8] ^= (byte)(0x80 >> (bit % 8));
            yield return ($"with bit {bit} flipped", flipped);
        }
    }

    private static IEnumerable<(string, byte[])> OnNumbers(byte[] good, ECDsa curve)
    {
        var explicitly = curve.ExportExplicitParameters(false).Curve;
        var (order, prime, size) = (Number(explicitly.Order!), Number(explicitly.Prime!), good.Length / 2);
        var (r, s) = (Number(good[..size]), Number(good[size..]));
        (string Name, BigInteger Value)[] odd =
        [
            ("0", 0), ("1", 1), ("n - 1", order - 1), ("n", order), ("n + 1", order + 1), ("p", prime), ("p + 1", prime + 1), ("2n", 2 * order), ("the most", BigInteger.Pow(256, size) - 1),
        ];
        foreach (var (name, value) in odd.Append(("n + r", order + r)).Where(entry => Fits(entry.Item2)))
        {
            yield return ($"with r = {name}", Both(value, s));
        }

        // n - s with the same r is a right signature: whoever can make it has one already.
        foreach (var (name, value) in odd.Append(("n + s", order + s)).Where(entry => Fits(entry.Item2)))
        {
            yield return ($"with s = {name}", Both(r, value));
        }

        foreach (var (one, first) in odd.Where(entry => Fits(entry.Value)))
        {
            foreach (var (other, second) in odd.Where(entry => Fits(entry.Value)))
            {
                yield return ($"with r = {one} and s = {other}", Both(first, second));
            }
        }

        yield return ("with r and s changed over", Both(s, r));
        yield return ("with n - r", Both(order - r, s));
        yield return ("with r twice", Both(r, r));
        yield return ("with a zero before each number", [0, .. good[..size], 0, .. good[size..]]);
        yield return ("in DER", Der(r, s));
        yield return ("in DER, filled up with zeros", [.. Der(r, s), .. new byte[8]]);
        yield return ("in DER with n", Der(order, order));
        yield return ("in DER with nothing", [0x30, 0]);
        yield return ("with each number backwards", [.. good[..size].Reverse(), .. good[size..].Reverse()]);
        yield return ("with both numbers short", [.. r.ToByteArray(isUnsigned: true, isBigEndian: true)[1..], .. s.ToByteArray(isUnsigned: true, isBigEndian: true)[1..]]);

        bool Fits(BigInteger value) => value.GetByteCount(isUnsigned: true) <= size;
        byte[] Both(BigInteger first, BigInteger second) => [.. Fixed(first), .. Fixed(second)];
        byte[] Fixed(BigInteger value)
        {
            var bytes = value.ToByteArray(isUnsigned: true, isBigEndian: true);
            return [.. new byte[size - bytes.Length], .. bytes];
        }
    }

    private static BigInteger Number(byte[] bytes) => new(bytes, isUnsigned: true, isBigEndian: true);

    private static byte[] Der(BigInteger r, BigInteger s)
    {
        var writer = new System.Formats.Asn1.AsnWriter(System.Formats.Asn1.AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(r);
            writer.WriteInteger(s);
        }

        return writer.Encode();
    }
}
