using System.Security.Cryptography;
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
        Assert.Equal(2, one.Span.CommonPrefixLength(other.Span));
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

        // Of so many keys one may share the id with ours by chance: then the tag refuses it.
        foreach (var other in Enumerable.Range(2, 254))
        {
            Assert.Throws<SecretUnreadableException>(() => new SecretProtector(Key((byte)other)).Open("sub_a", sealedSecret));
        }

        var exception = Assert.Throws<SecretUnreadableException>(() => new SecretProtector(Key(2)).Open("sub_a", sealedSecret));
        Assert.Contains("secrets.key", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_of_another_length_is_refused() => Assert.Throws<ArgumentException>(() => new SecretProtector(new byte[16]));

    private static byte[] Key(byte seed) => SHA256.HashData([seed]);
}
