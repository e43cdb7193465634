using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace Postern.EndToEnd.Attacks.Tokens;

/// <summary>What a signature of RSA holds (RFC 8017 §9), put together by hand and signed without a library that would mend it.</summary>
internal static class RsaVectors
{
    private static readonly Dictionary<string, byte[]> Digests = new()
    {
        ["SHA256"] = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01],
        ["SHA384"] = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02],
        ["SHA512"] = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03],
        ["SHA1"] = [0x2B, 0x0E, 0x03, 0x02, 0x1A],
    };

    /// <summary>The same by the same hands, with nothing wrong: they must be taken, or the others prove nothing.</summary>
    public static IEnumerable<TokenVector> Right(ForgingIssuer issuer) => Make(issuer, isRight: true);

    public static IEnumerable<TokenVector> Wrong(ForgingIssuer issuer) => Make(issuer, isRight: false);

    private static IEnumerable<TokenVector> Make(ForgingIssuer issuer, bool isRight)
    {
        var key = issuer.Rsa.ExportParameters(true);
        var (modulus, secret, size) = (Number(key.Modulus!), Number(key.D!), key.Modulus!.Length);
        // Signing by hand takes its time, and the others are read by the same code.
        foreach (var algorithm in (string[])["RS256", "RS512", "PS256"])
        {
            var signed = $"{ForgingIssuer.Encode(ForgingIssuer.Header(algorithm).ToJsonString())}.{ForgingIssuer.Encode(ForgingIssuer.ClaimsFor(algorithm).ToJsonString())}";
            var message = Encoding.ASCII.GetBytes(signed);
            var right = algorithm[0] == 'R' ? Pkcs1(size, Info(algorithm, message)) : Pss(algorithm, message, size);
            IEnumerable<(string Name, byte[] Block)> blocks = isRight ? [("right", right)] : algorithm[0] == 'R' ? OnPkcs1(algorithm, message, size) : OnPss(algorithm, message, size);
            foreach (var (name, block) in blocks)
            {
                Assert.Equal(size, block.Length);
                yield return Vector(name, BigInteger.ModPow(Number(block), secret, modulus));
            }

            if (isRight)
            {
                continue;
            }

            var good = BigInteger.ModPow(Number(right), secret, modulus);
            foreach (var (name, value) in (IEnumerable<(string, BigInteger)>)
            [
                ("0", 0), ("1", 1), ("2", 2), ("n - 1", modulus - 1), ("n", modulus), ("n + 1", modulus + 1), ("n - s", modulus - good), ("n + s", modulus + good), ("the block itself", Number(right)),
                ("the block encrypted", BigInteger.ModPow(Number(right), Number(key.Exponent!), modulus)),
            ])
            {
                yield return Vector($"s = {name}", value);
            }

            TokenVector Vector(string name, BigInteger value)
            {
                var bytes = value.ToByteArray(isUnsigned: true, isBigEndian: true);
                return new($"{algorithm}: {name}", $"{signed}.{ForgingIssuer.Encode([.. new byte[Math.Max(0, size - bytes.Length)], .. bytes])}");
            }
        }
    }

    private static IEnumerable<(string, byte[])> OnPkcs1(string algorithm, byte[] message, int size)
    {
        var name = ForgingIssuer.HashOf(algorithm).Name!;
        var (hash, oid, info) = (Hash(name, message), Digests[name], Info(algorithm, message));
        byte[] Algorithm(params byte[] parameters) => [0x30, (byte)(oid.Length + 2 + parameters.Length), 0x06, (byte)oid.Length, .. oid, .. parameters];
        byte[] InfoOf(byte[] kind, byte[] digest) => [0x30, (byte)(kind.Length + 2 + digest.Length), .. kind, 0x04, (byte)digest.Length, .. digest];

        yield return ("a hash without its name", Pkcs1(size, hash));
        yield return ("a name without NULL", Pkcs1(size, InfoOf(Algorithm(), hash)));
        yield return ("a name with other parameters", Pkcs1(size, InfoOf(Algorithm(0x04, 0x02, 0xAA, 0xBB), hash)));
        yield return ("a name with NULL of some length", Pkcs1(size, InfoOf(Algorithm(0x05, 0x01, 0x00), hash)));
        foreach (var other in Digests.Keys.Where(other => other != name))
        {
            yield return ($"{other} in name and hash", Pkcs1(size, InfoOf([0x30, (byte)(Digests[other].Length + 4), 0x06, (byte)Digests[other].Length, .. Digests[other], 5, 0], Hash(other, message))));
            yield return ($"{other} by the name alone", Pkcs1(size, InfoOf([0x30, (byte)(Digests[other].Length + 4), 0x06, (byte)Digests[other].Length, .. Digests[other], 5, 0], hash)));
            yield return ($"{other} by the hash alone", Pkcs1(size, InfoOf(Algorithm(5, 0), Hash(other, message))));
        }

        yield return ("a hash that is cut", Pkcs1(size, InfoOf(Algorithm(5, 0), hash[..^1])));
        yield return ("a hash and more", Pkcs1(size, InfoOf(Algorithm(5, 0), [.. hash, 0])));
        yield return ("a length in two bytes", Pkcs1(size, [0x30, 0x81, .. info[1..]]));
        yield return ("a length of the hash in two bytes", Pkcs1(size, [0x30, (byte)(info[1] + 1), .. info[2..^(hash.Length + 1)], 0x81, (byte)hash.Length, .. hash]));
        yield return ("no length at all", Pkcs1(size, [0x30, 0x80, .. info[2..], 0, 0]));
        yield return ("a set for a sequence", Pkcs1(size, [0x31, .. info[1..]]));
        yield return ("text for a hash", Pkcs1(size, [.. info[..^(hash.Length + 2)], 0x0C, .. info[^(hash.Length + 1)..]]));

        // Bleichenbacher's of 2006: what stands behind the hash makes a cube of it.
        foreach (var padding in (int[])[0, 1, 8, 20])
        {
            byte[] start = [0, 1, .. Enumerable.Repeat((byte)0xFF, padding), 0, .. info];
            yield return ($"{padding} bytes of padding and zeros behind", [.. start, .. new byte[size - start.Length]]);
            yield return ($"{padding} bytes of padding and anything behind", [.. start, .. RandomNumberGenerator.GetBytes(size - start.Length)]);
        }

        var right = Pkcs1(size, info);
        foreach (var (place, value) in (IEnumerable<(int, byte)>)
            [(0, 1), (1, 0), (1, 2), (1, 0xFF), (2, 0xFE), (2, 0), (10, 0), (10, 0xFE), (size - info.Length - 2, 0), (size - info.Length - 2, 0xFE), (size - info.Length - 1, 1), (size - info.Length - 1, 0xFF), (size - 1, (byte)(right[^1] ^ 1))])
        {
            var block = right.ToArray();
            block[place] = value;
            yield return ($"byte {place} is {value:X2}", block);
        }
    }

    private static IEnumerable<(string, byte[])> OnPss(string algorithm, byte[] message, int size)
    {
        var length = int.Parse(algorithm[2..], System.Globalization.CultureInfo.InvariantCulture) / 8;
        foreach (var salt in ((int[])[0, 1, 8, 20, 32, 48, 64, size - length - 2]).Where(salt => salt != length))
        {
            yield return ($"a salt of {salt} bytes", Pss(algorithm, message, size, salt));
        }

        foreach (var other in Digests.Keys.Where(other => other != "SHA" + algorithm[2..]))
        {
            yield return ($"a mask by {other}", Pss(algorithm, message, size, mask: other));
        }

        yield return ("another message", Pss(algorithm, [.. message, 0], size));
        foreach (var trailer in (byte[])[0xCC, 0x00, 0xBD, 0x33])
        {
            yield return ($"{trailer:X2} at its end", Pss(algorithm, message, size, last: block => block[^1] = trailer));
        }

        yield return ("the first bit set", Pss(algorithm, message, size, last: static block => block[0] |= 0x80));
        yield return ("another hash", Pss(algorithm, message, size, last: static block => block[^2] ^= 1));
        yield return ("another salt", Pss(algorithm, message, size, data: static block => block[^1] ^= 1));
        yield return ("padding that is not zero", Pss(algorithm, message, size, data: static block => block[1] = 1));
        yield return ("no end of the padding", Pss(algorithm, message, size, data: block => block[^(length + 1)] = 0));
        yield return ("another end of the padding", Pss(algorithm, message, size, data: block => block[^(length + 1)] = 2));
        yield return ("eight bytes that are not zero", Pss(algorithm, message, size, start: 1));
        yield return ("a hash without a salt", [.. new byte[size - length], .. Hash("SHA" + algorithm[2..], message)]);
    }

    private static byte[] Info(string algorithm, byte[] message)
    {
        var name = ForgingIssuer.HashOf(algorithm).Name!;
        var (oid, hash) = (Digests[name], Hash(name, message));
        return [0x30, (byte)(oid.Length + 8 + hash.Length), 0x30, (byte)(oid.Length + 4), 0x06, (byte)oid.Length, .. oid, 0x05, 0x00, 0x04, (byte)hash.Length, .. hash];
    }

    private static byte[] Pkcs1(int size, byte[] content) => [0, 1, .. Enumerable.Repeat((byte)0xFF, size - content.Length - 3), 0, .. content];

    /// <summary>EMSA-PSS (RFC 8017 §9.1.1) for a modulus of whole bytes.</summary>
    /// <param name="start">What the eight bytes before the hash hold.</param>
    /// <param name="data">Changes padding and salt before they are masked.</param>
    /// <param name="last">Changes what comes of it.</param>
    private static byte[] Pss(string algorithm, byte[] message, int size, int? salt = null, string? mask = null, byte start = 0, Action<byte[]>? data = null, Action<byte[]>? last = null)
    {
        var name = ForgingIssuer.HashOf(algorithm).Name!;
        var hash = Hash(name, message);
        var random = RandomNumberGenerator.GetBytes(salt ?? hash.Length);
        var second = Hash(name, [.. Enumerable.Repeat(start, 8), .. hash, .. random]);
        byte[] block = [.. new byte[size - random.Length - hash.Length - 2], 1, .. random];
        data?.Invoke(block);
        for (var (at, counter) = (0, 0); at < block.Length; counter++)
        {
            foreach (var part in Hash(mask ?? name, [.. second, 0, 0, (byte)(counter >> 8), (byte)counter]).Take(block.Length - at))
            {
                block[at++] ^= part;
            }
        }

        block[0] &= 0x7F;
        byte[] whole = [.. block, .. second, 0xBC];
        last?.Invoke(whole);
        return whole;
    }

    private static byte[] Hash(string name, byte[] data) => CryptographicOperations.HashData(new HashAlgorithmName(name), data);

    private static BigInteger Number(byte[] bytes) => new(bytes, isUnsigned: true, isBigEndian: true);
}
