using System.Security.Cryptography;
using Postern.Configuration.Values;
using Postern.Model.Access;

namespace Postern.Configuration;

/// <summary>A key that HTTP messages are signed with, as it is stored: its algorithm, a space, and its SubjectPublicKeyInfo in base64.</summary>
internal static class StoredSignatureKey
{
    private const string Label = "PUBLIC KEY";

    /// <param name="publicKey">One public key in PEM.</param>
    public static string Write(string algorithm, string publicKey) => $"{algorithm} {Convert.ToBase64String(SignatureAlgorithms.DecodePem(publicKey)!)}";

    public static CredentialConfiguration.HttpSignature Read(StoredCredential credential) => credential.Verifier.Split(' ') is [var algorithm, var key]
        ? new CredentialConfiguration.HttpSignature(credential.Id, algorithm) { PublicKey = PemEncoding.WriteString(Label, Convert.FromBase64String(key)) }
        : throw new FormatException("The stored key of HTTP signatures is none.");
}
