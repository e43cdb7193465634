using Postern.Configuration.Reading;
using Postern.Configuration.Shapes;
using Postern.Configuration.Values;
using static Postern.Configuration.Shapes.Scalars;

namespace Postern.Configuration;

/// <summary>The keys of a credential of type <c>http-signature</c>.</summary>
internal static class HttpSignatureKeys
{
    private const int MaxText = 256;

    /// <param name="common">The keys of every credential.</param>
    public static Shape<CredentialConfiguration> HttpSignature(IEnumerable<Key<CredentialConfiguration>> common) => new ObjectShape<CredentialConfiguration>(
        () => new CredentialConfiguration.HttpSignature("", ""),
        [
            Own(
                "keyId",
                "What signatures call the key (keyid); no secret. No two consumers share one.",
                Text("the id of a key", Visible), (to, value) => to with { KeyId = value }, required: true),
            Own(
                "algorithm",
                "The one algorithm of its signatures (RFC 9421 §3.3), whatever they say themselves.",
                Text("an algorithm such as ed25519", Algorithm, choices: SignatureAlgorithms.Names), (to, value) => to with { Algorithm = value }, required: true),
            Own(
                "publicKey",
                "The public key in PEM (-----BEGIN PUBLIC KEY-----), for all algorithms but hmac-sha256. Write $file:PATH.",
                Secret("a public key", PublicKey), (to, value) => to with { PublicKey = value }),
            Own(
                "secret",
                "What both sides hold, for hmac-sha256: 32 to 128 random bytes in base64. Write $env:NAME or $file:PATH.",
                Secret("a secret", SharedSecret), (to, value) => to with { Secret = value }),
            Own("tag", "What a signature must say it was made for (tag). Without it: it may say anything.", Text("a tag", Visible), (to, value) => to with { Tag = value }),
            Own(
                "covers",
                "Header fields and derived components that a signature must cover beyond what all must: @method; @target-uri, or @authority, @path and @query; "
                + "with a body content-digest, content-type and content-encoding; idempotency-key; when it publishes, the ce- fields.",
                new ListShape<string>(Text("a component such as x-tenant", Component), 20, orOne: true), (to, value) => to with { Covers = value }),
            Own(
                "tolerance",
                "How far the time of a signature (created) may be from the gateway's clock, both ways. 10s to 15m.",
                Duration(TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(15)), (to, value) => to with { Tolerance = value }, from => from.Tolerance),
            .. common,
        ])
    {
        Complete = CheckKey,
    };

    private static Key<CredentialConfiguration, T> Own<T>(
        string name, string description, Shape<T> shape, Func<CredentialConfiguration.HttpSignature, T, CredentialConfiguration> set,
        Func<CredentialConfiguration.HttpSignature, T>? get = null, bool required = false) =>
        new(
            name, description, shape, (to, value) => set((CredentialConfiguration.HttpSignature)to, value),
            get is null ? null : from => get((CredentialConfiguration.HttpSignature)from)) { Required = required };

    private static CredentialConfiguration CheckKey(CredentialConfiguration credential, string path, Reader reader)
    {
        if (FindFault((CredentialConfiguration.HttpSignature)credential) is var (key, message))
        {
            reader.Report(KeyPath.Key(path, key), message);
        }

        return credential;
    }

    // A public key taken for a secret could be signed with by everybody: neither stands in the place of the other.
    private static (string Key, string Message)? FindFault(CredentialConfiguration.HttpSignature signature) => signature.Algorithm == SignatureAlgorithms.HmacSha256
        ? signature.PublicKey is not null ? ("publicKey", "does not go with hmac-sha256, which has a secret alone.")
            : signature.Secret is null ? ("secret", "is missing: hmac-sha256 needs 32 to 128 random bytes in base64 ($env:NAME or $file:PATH).")
            : null
        : signature.Secret is not null ? ("secret", $"does not go with {signature.Algorithm}, which has a public key (publicKey) alone.")
            : signature.PublicKey is null ? ("publicKey", $"is missing: {signature.Algorithm} needs the public key in PEM ($file:PATH).")
            : SignatureAlgorithms.FindFault(signature.KeyBytes, signature.Algorithm) is { } fault ? ("publicKey", fault)
            : null;

    private static Parsed<string> Algorithm(string text) => SignatureAlgorithms.Names.Contains(text)
        ? text
        : Parsed.No<string>($"is not a signature algorithm that is taken: give one of {string.Join(", ", SignatureAlgorithms.Names)}.{Spelling.Suggest(text, SignatureAlgorithms.Names)}");

    private static Parsed<string> SharedSecret(string text) => SignatureAlgorithms.DecodeSecret(text) is null
        ? Parsed.No<string>("is not 32 to 128 random bytes in base64: make one with 'openssl rand -base64 32'.")
        : text;

    private static Parsed<string> PublicKey(string text) => SignatureAlgorithms.DecodePem(text) is null
        ? Parsed.No<string>("is not one public key in PEM (-----BEGIN PUBLIC KEY-----): 'openssl pkey -in private.pem -pubout' prints it.")
        : text;

    private static Parsed<string> Visible(string text) =>
        text.Length <= MaxText && text.All(static character => character is > ' ' and <= '~')
            ? text
            : Parsed.No<string>($"is not 1 to {MaxText} visible characters of ASCII.");

    private static Parsed<string> Component(string text) =>
        SignatureComponents.Derived.Contains(text) || (!text.StartsWith('@') && SignatureComponents.IsField(text)) ? text
        : text.StartsWith('@') ? Parsed.No<string>(
            $"is no component of a request: give one of {string.Join(", ", SignatureComponents.Derived)}, or a header field.{Spelling.Suggest(text, SignatureComponents.Derived)}")
        : Parsed.No<string>("is not the name of a header field in small letters, such as x-tenant.");
}
