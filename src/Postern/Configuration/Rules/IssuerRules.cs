using System.Text;
using Postern.Configuration.Reading;
using Postern.Configuration.Values;

namespace Postern.Configuration.Rules;

/// <summary>An issuer's algorithms and its keys are of one kind; the credentials that name it mean one consumer each.</summary>
internal static class IssuerRules
{
    public static void Check(PosternConfiguration configuration, Reader reader)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, issuer) in configuration.Identity.Issuers)
        {
            var at = KeyPath.Key("identity.issuers", name);
            if (reader.HasErrorBelow(at))
            {
                continue;
            }

            if (!names.TryAdd(issuer.Issuer, name))
            {
                reader.Report(KeyPath.Key(at, "issuer"), $"{names[issuer.Issuer]} is '{issuer.Issuer}' too: keep one, with all audiences.");
            }

            CheckKeys(issuer, at, reader);
        }

        foreach (var (name, consumer) in configuration.Consumers)
        {
            CheckCredentials(consumer, KeyPath.Key(KeyPath.Key("consumers", name), "credentials"), configuration, reader);
        }
    }

    private static void CheckKeys(IssuerConfiguration issuer, string path, Reader reader)
    {
        var (at, keys) = (KeyPath.Key(path, "keys"), issuer.Keys);
        if (new[] { keys.Discovery, keys.Jwks, keys.File, keys.Secret }.Count(static source => source is not null) > 1)
        {
            reader.Report(at, "names more than one place: give one of discovery, jwks, file and secret.");
            return;
        }

        var shared = issuer.Algorithms.Where(TokenAlgorithms.IsShared).ToList();
        if (shared.Count > 0 != keys.Secret is not null || (shared.Count > 0 && shared.Count < issuer.Algorithms.Count))
        {
            // RFC 8725 §3.1: where both are taken, a public key can be passed off as the secret.
            reader.Report(
                KeyPath.Key(path, "algorithms"),
                $"{string.Join(", ", issuer.Algorithms)} and the keys do not go together: HS256, HS384 and HS512 need {KeyPath.Key(at, "secret")}, "
                + "all others public keys; an issuer has one kind or the other.");
            return;
        }

        if (keys.Secret is { } secret && shared.Max(TokenAlgorithms.SecretBytes) is var least && Encoding.UTF8.GetByteCount(secret) < least)
        {
            reader.Report(KeyPath.Key(at, "secret"), $"is shorter than the {least} bytes that its algorithm needs: make one with 'openssl rand -base64 64'.");
        }
        else if (keys.File is { } file && !keys.Loaded.Any(key => issuer.Algorithms.Any(algorithm => TokenAlgorithms.Fits(key, algorithm))))
        {
            reader.Report(KeyPath.Key(at, "file"), $"'{file}' holds no key for {string.Join(", ", issuer.Algorithms)}: RSA needs 2048 bits, and use and alg of a JWK must allow it.");
        }
        else if (keys is { IsPublished: true, Discovery: null, Jwks: null } && Addresses.Document(issuer.DiscoveryAddress).Problem is not null)
        {
            reader.Report(at, $"is missing, and '{issuer.Issuer}' is no address where keys could be found: give discovery, jwks or file.");
        }
    }

    private static void CheckCredentials(ConsumerConfiguration consumer, string path, PosternConfiguration configuration, Reader reader)
    {
        var issuers = configuration.Identity.Issuers;
        foreach (var jwt in consumer.Credentials.OfType<CredentialConfiguration.Jwt>())
        {
            if (jwt.Claims.Count == 0)
            {
                reader.Report(path, "of type jwt say nothing of the token: give claims, such as { sub: acme }, or every token of the issuer would be this consumer's.");
            }

            if (!issuers.TryGetValue(jwt.Issuer, out var issuer))
            {
                reader.Report(path, $"name the issuer '{jwt.Issuer}', which is not in identity.issuers.{Spelling.Suggest(jwt.Issuer, issuers.Keys)}");
            }
            else if (issuer.ConsumerClaim is { } claim)
            {
                reader.Report(path, $"name the issuer '{jwt.Issuer}', whose tokens name their consumer themselves ({claim}): remove the credential, or consumerClaim.");
            }
        }
    }
}
