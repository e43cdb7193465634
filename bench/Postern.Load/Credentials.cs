using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Postern.Load;

/// <summary>One consumer with a credential of each kind, limits that hold nobody back, and the header fields that show the credentials.</summary>
internal sealed class Credentials : IDisposable
{
    private const string Password = "correct horse battery staple";
    private const string Key = "a-key-of-the-load-0123456789abcdef";

    private readonly RSA rsa = RSA.Create(2048);
    private readonly ECDsa curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly string secret = Convert.ToBase64String(RandomNumberGenerator.GetBytes(48));

    /// <summary>Lines of the configuration; the public keys are written beside it.</summary>
    public async Task<string> ConfigureAsync(string directory)
    {
        await File.WriteAllTextAsync(Path.Combine(directory, "rs.pem"), rsa.ExportSubjectPublicKeyInfoPem());
        await File.WriteAllTextAsync(Path.Combine(directory, "es.pem"), curve.ExportSubjectPublicKeyInfoPem());
        return $$"""
            limits: { global: { rate: 1000000/s }, address: { rate: 1000000/s }, consumer: { rate: 1000000/s } }
            identity:
              issuers:
                HS256: { issuer: HS256, audience: load, algorithms: [HS256], keys: { secret: "{{secret}}" } }
                RS256: { issuer: RS256, audience: load, algorithms: [RS256], keys: { file: rs.pem } }
                ES256: { issuer: ES256, audience: load, algorithms: [ES256], keys: { file: es.pem } }
            consumers:
              load:
                credentials:
                  - { type: basic, username: load, password: "{{Password}}" }
                  - { type: api-key, key: {{Key}} }
                  - { type: jwt, issuer: HS256, claims: { sub: load } }
                  - { type: jwt, issuer: RS256, claims: { sub: load } }
                  - { type: jwt, issuer: ES256, claims: { sub: load } }
            """;
    }

    /// <summary>What is measured, and the field that a call shows for it.</summary>
    public IReadOnlyList<(string Kind, string Field)> All =>
    [
        ("no credential", ""),
        ("Basic", $"Authorization: Basic {Convert.ToBase64String(Encoding.ASCII.GetBytes($"load:{Password}"))}\r\n"),
        ("API key", $"X-API-Key: {Key}\r\n"),
        ("HS256", Bearer("HS256")),
        ("RS256", Bearer("RS256")),
        ("ES256", Bearer("ES256")),
    ];

    public void Dispose()
    {
        rsa.Dispose();
        curve.Dispose();
    }

    private string Bearer(string algorithm)
    {
        var expires = TimeProvider.System.GetUtcNow().AddHours(1).ToUnixTimeSeconds();
        var signed = Encode($$"""{"alg":"{{algorithm}}","typ":"JWT"}""") + "."
            + Encode(string.Create(CultureInfo.InvariantCulture, $$"""{"iss":"{{algorithm}}","aud":"load","sub":"load","exp":{{expires}}}"""));
        var bytes = Encoding.ASCII.GetBytes(signed);
        var signature = algorithm switch
        {
            "RS256" => rsa.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
            "ES256" => curve.SignData(bytes, HashAlgorithmName.SHA256),
            _ => HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), bytes),
        };
        return $"Authorization: Bearer {signed}.{Base64Url.EncodeToString(signature)}\r\n";
    }

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}
