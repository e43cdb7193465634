using System.Security.Cryptography;
using NSec.Cryptography;

namespace Postern.Tests.Gateway.Identity.Signatures;

/// <summary>A key of a client, for one algorithm.</summary>
internal sealed class ForeignKey : IDisposable
{
    private readonly IDisposable key;

    public ForeignKey(string algorithm) => (key, PublicPem, Sign) = algorithm switch
    {
        "ed25519" => OfEdwards(),
        "ecdsa-p256-sha256" => OfCurve(ECCurve.NamedCurves.nistP256, HashAlgorithmName.SHA256),
        "ecdsa-p384-sha384" => OfCurve(ECCurve.NamedCurves.nistP384, HashAlgorithmName.SHA384),
        "rsa-pss-sha512" => OfRsa(HashAlgorithmName.SHA512, RSASignaturePadding.Pss),
        _ => OfRsa(HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
    };

    public string PublicPem { get; }

    public Func<byte[], byte[]> Sign { get; }

    public void Dispose() => key.Dispose();

    private static (IDisposable, string, Func<byte[], byte[]>) OfEdwards()
    {
        var key = Key.Create(SignatureAlgorithm.Ed25519);
        return (key, System.Text.Encoding.ASCII.GetString(key.PublicKey.Export(KeyBlobFormat.PkixPublicKeyText)), signed => SignatureAlgorithm.Ed25519.Sign(key, signed));
    }

    private static (IDisposable, string, Func<byte[], byte[]>) OfCurve(ECCurve curve, HashAlgorithmName hash)
    {
        var key = ECDsa.Create(curve);
        return (key, key.ExportSubjectPublicKeyInfoPem(), signed => key.SignData(signed, hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));
    }

    private static (IDisposable, string, Func<byte[], byte[]>) OfRsa(HashAlgorithmName hash, RSASignaturePadding padding)
    {
        var key = RSA.Create(2048);
        return (key, key.ExportSubjectPublicKeyInfoPem(), signed => key.SignData(signed, hash, padding));
    }
}
