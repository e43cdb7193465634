using Postern.Configuration;

namespace Postern.Gateway.Identity.Signatures;

/// <summary>What the parameters of a signature must say, whoever made it (RFC 9421 §3.2): pure.</summary>
internal static class SignatureRules
{
    /// <summary>Why the parameters do not hold now; null when they do.</summary>
    public static string? FindFault(MessageSignature signature, CredentialConfiguration.HttpSignature credential, DateTimeOffset now)
    {
        var (seconds, tolerance) = (now.ToUnixTimeSeconds(), (long)credential.Tolerance.TotalSeconds);
        return signature.Algorithm is { } algorithm && algorithm != credential.Algorithm ? "The signature names another algorithm (alg) than its key is for."
            : credential.Tag is { } tag && signature.Tag != tag ? "The signature was made for something else (tag)."
            : signature.Created is not { } created ? "The signature does not say when it was made (created)."
            : Math.Abs(seconds - created) > tolerance ? $"The signature was not made within {tolerance} s of now (created)."
            : signature.Expires < created ? "The signature ended before it was made (expires)."
            : signature.Expires <= seconds ? "The signature has expired (expires)."
            : null;
    }
}
