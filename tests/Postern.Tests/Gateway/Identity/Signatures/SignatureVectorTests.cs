using Postern.Configuration;
using Postern.Gateway.Identity.Signatures;
using Postern.Gateway.Identity.Signatures.Structured;

namespace Postern.Tests.Gateway.Identity.Signatures;

/// <summary>Signatures that others made, verified part by part: what RFC 9421 covers in them is less than a gateway asks for.</summary>
public sealed class SignatureVectorTests
{
    public static TheoryData<string> Names { get; } = [.. SignatureVectors.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_signature_of_the_standard_holds(string name)
    {
        var vector = SignatureVectors.All[name];

        Assert.True(Verifies(vector, vector.Request, Convert.FromBase64String(vector.Signature)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void No_part_of_a_signature_and_none_with_another_bit_holds(string name)
    {
        var vector = SignatureVectors.All[name];
        var signature = Convert.FromBase64String(vector.Signature);
        foreach (var length in (int[])[0, 1, 31, 32, signature.Length - 1])
        {
            Assert.False(length < signature.Length && Verifies(vector, vector.Request, signature[..length]));
        }

        Assert.False(Verifies(vector, vector.Request, [.. signature, 0]));
        for (var index = 0; index < signature.Length; index++)
        {
            var other = (byte[])signature.Clone();
            other[index] ^= 1;
            Assert.False(Verifies(vector, vector.Request, other));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_signature_holds_for_no_other_parameters(string name)
    {
        var vector = SignatureVectors.All[name];
        var later = vector with { Input = vector.Input.Replace("created=16188844", "created=16188845", StringComparison.Ordinal) };

        Assert.NotEqual(vector.Input, later.Input);
        Assert.False(Verifies(later, vector.Request, Convert.FromBase64String(vector.Signature)));
    }

    /// <summary>With the neutral point for a key and for R, and S = 0, the equation of Ed25519 holds for every message (RFC 8032 §5.1.7).</summary>
    [Fact]
    public void A_key_that_any_message_would_fit_verifies_none()
    {
        byte[] neutral = [1, .. new byte[31]];
        var info = Convert.ToBase64String([0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00, .. neutral]);
        var weak = new CredentialConfiguration.HttpSignature("key", "ed25519") { PublicKey = $"-----BEGIN PUBLIC KEY-----\n{info}\n-----END PUBLIC KEY-----" };

        Assert.False(new SignatureKey(weak).Verifies("any"u8.ToArray(), [.. neutral, .. new byte[32]]));
    }

    private static bool Verifies(SignatureVector vector, ReceivedRequest request, byte[] bytes)
    {
        var input = Assert.IsType<InnerList>(StructuredDictionary.Parse([vector.Input])!.Find("sig"));
        var signature = MessageSignature.Read(input, bytes, out var fault);
        Assert.Null(fault);
        var signed = SignatureBase.Of(signature!, request, out fault);
        Assert.Null(fault);
        return new SignatureKey(vector.Credential).Verifies(signed!, bytes);
    }
}
