using System.Security.Cryptography;
using System.Text;
using Postern.Egress;
using Postern.Model;

namespace Postern.Tests.Egress;

public sealed class SecretProtectorTests
{
    private static readonly byte[] Secret = [.. Enumerable.Range(0, 32).Select(number => (byte)number)];

    private readonly SecretProtector protector = new(Key(1));

    [Fact]
    public void What_was_sealed_opens()
    {
        var expires = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var sealedSecret = protector.Seal("sub_a", Secret, expires);
        Assert.Equal(Secret, protector.Open("sub_a", sealedSecret));
        Assert.Equal(expires, sealedSecret.Expires);
    }

    [Fact]
    public void Two_seals_of_one_secret_have_nothing_in_common_but_their_header()
    {
        var (one, other) = (protector.Seal("sub_a", Secret, null).Ciphertext, protector.Seal("sub_a", Secret, null).Ciphertext);
        Assert.Equal(1 + SecretKey.FingerprintBytes, one.Span.CommonPrefixLength(other.Span));
    }

    [Fact]
    public void A_secret_copied_to_another_subscription_does_not_open()
    {
        var exception = Assert.Throws<SecretUnreadableException>(() => protector.Open("sub_b", protector.Seal("sub_a", Secret, null)));
        Assert.Contains("sub_b", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_flipped_bit_is_noticed()
    {
        var sealedBytes = protector.Seal("sub_a", Secret, null).Ciphertext.ToArray();
        for (var bit = 0; bit < sealedBytes.Length * 8; bit++)
        {
            sealedBytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Throws<SecretUnreadableException>(() => protector.Open("sub_a", new SealedSecret(sealedBytes, null)));
            sealedBytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void Every_shorter_ciphertext_is_refused()
    {
        var sealedBytes = protector.Seal("sub_a", Secret, null).Ciphertext;
        for (var length = 0; length < sealedBytes.Length; length++)
        {
            Assert.Throws<SecretUnreadableException>(() => protector.Open("sub_a", new SealedSecret(sealedBytes[..length], null)));
        }
    }

    [Fact]
    public void With_another_key_nothing_opens_and_the_message_says_what_to_do()
    {
        var sealedSecret = protector.Seal("sub_a", Secret, null);

        foreach (var other in Enumerable.Range(2, 254))
        {
            Assert.Throws<SecretUnreadableException>(() => new SecretProtector(Key((byte)other)).Open("sub_a", sealedSecret));
        }

        var exception = Assert.Throws<SecretUnreadableException>(() => new SecretProtector(Key(2)).Open("sub_a", sealedSecret));
        Assert.Contains("secrets.key", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_of_another_length_is_refused() => Assert.Throws<ArgumentException>(() => new SecretProtector(new byte[16]));

    [Fact]
    public void A_secret_does_not_open_for_another_purpose()
    {
        var sealedBytes = protector.Seal(SecretPurpose.Answer, "sub_a", Secret);
        Assert.Equal(Secret, protector.Open(SecretPurpose.Answer, "sub_a", sealedBytes));
        Assert.Throws<SecretUnreadableException>(() => protector.Open(SecretPurpose.Signing, "sub_a", sealedBytes));
    }

    [Theory]
    [InlineData(SecretPurpose.Signing, "sub_a", "sub_a")]
    [InlineData(SecretPurpose.Answer, "publish\nacme\nk", "answer\npublish\nacme\nk")]
    public void What_an_earlier_version_sealed_opens_and_is_sealed_anew(SecretPurpose purpose, string owner, string boundTo)
    {
        var old = SealAsBefore(Key(1), boundTo);
        Assert.Equal(Secret, protector.Open(purpose, owner, old));
        Assert.Throws<SecretUnreadableException>(() => protector.Open(purpose, owner + "x", old));

        var anew = protector.Reseal(purpose, owner, old)!;
        Assert.Equal(Secret, protector.Open(purpose, owner, anew));
        Assert.Null(protector.Reseal(purpose, owner, anew));
    }

    [Fact]
    public void The_first_key_seals_and_all_open()
    {
        var rotated = new SecretProtector(new SecretKeyRing([new SecretKey("new", Key(2)), new SecretKey("old", Key(1))]));
        Assert.Equal(Secret, rotated.Open("sub_a", protector.Seal("sub_a", Secret, null)));
        Assert.Throws<SecretUnreadableException>(() => protector.Open("sub_a", rotated.Seal("sub_a", Secret, null)));
    }

    [Fact]
    public void A_secret_sealed_anew_needs_the_old_key_no_more()
    {
        var old = protector.Seal(SecretPurpose.Signing, "sub_a", Secret);
        var rotated = new SecretProtector(new SecretKeyRing([new SecretKey("new", Key(2)), new SecretKey("old", Key(1))]));
        var anew = rotated.Reseal(SecretPurpose.Signing, "sub_a", old)!;

        Assert.Equal(Secret, new SecretProtector(Key(2)).Open(SecretPurpose.Signing, "sub_a", anew));
        Assert.Null(rotated.Reseal(SecretPurpose.Signing, "sub_a", anew));
        Assert.Throws<SecretUnreadableException>(() => rotated.Reseal(SecretPurpose.Signing, "sub_b", old));
    }

    [Fact]
    public void Keys_that_are_taken_out_too_early_open_as_long_as_the_process_lives()
    {
        var changes = 0;
        protector.KeysChanged += () => changes++;
        var old = protector.Seal("sub_a", Secret, null);

        protector.Use(new SecretKeyRing([new SecretKey("new", Key(2))]));
        protector.Use(new SecretKeyRing([new SecretKey("new", Key(2))]));

        Assert.Equal(1, changes);
        Assert.Equal(Secret, protector.Open("sub_a", old));
        Assert.Equal(["new", "secrets.key"], protector.Ring.Keys.Select(key => key.Id));
        Assert.Equal(1, protector.Ring.Configured);
        Assert.Equal(Secret, new SecretProtector(Key(2)).Open("sub_a", protector.Seal("sub_a", Secret, null)));
    }

    /// <summary>Version 1 by its description: version, first byte of the key's hash, nonce, ciphertext, tag; no data key.</summary>
    private static byte[] SealAsBefore(byte[] key, string boundTo)
    {
        var sealedBytes = new byte[2 + 12 + Secret.Length + 16];
        sealedBytes[0] = 1;
        sealedBytes[1] = SHA256.HashData(key)[0];
        RandomNumberGenerator.Fill(sealedBytes.AsSpan(2, 12));
        using var cipher = new AesGcm(key, 16);
        cipher.Encrypt(
            sealedBytes.AsSpan(2, 12), Secret, sealedBytes.AsSpan(14, Secret.Length), sealedBytes.AsSpan(^16..),
            [.. sealedBytes[..2], .. Encoding.UTF8.GetBytes(boundTo)]);
        return sealedBytes;
    }

    private static byte[] Key(byte seed) => SHA256.HashData([seed]);
}
