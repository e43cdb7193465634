using Postern.Configuration.Reading;
using Postern.Model.Access;

namespace Postern.Configuration.Rules;

/// <summary>A credential says who calls: nobody shares one, and none lets its consumer do more than the consumer may. Its secret is never told.</summary>
internal static class ConsumerRules
{
    public static void Check(PosternConfiguration configuration, Reader reader)
    {
        var owners = new Dictionary<(CredentialKind, string), string>();
        foreach (var (name, consumer) in configuration.Consumers)
        {
            CheckAudiences(name, consumer, configuration, reader);
            var path = KeyPath.Key(KeyPath.Key("consumers", name), "credentials");
            var ids = new HashSet<string>(StringComparer.Ordinal);
            for (var index = 0; index < consumer.Credentials.Count; index++)
            {
                var credential = consumer.Credentials[index];
                CheckOwner(credential, name, path, owners, reader);
                CheckScopes(credential, consumer, KeyPath.Index(path, index), reader);
                if (!ids.Add(credential.IdAt(index)) && credential.Id is { } id)
                {
                    reader.Report(KeyPath.Index(path, index) + ".id", $"'{id}' names another credential of {name} too: give each an id of its own.");
                }
            }
        }
    }

    private static void CheckOwner(
        CredentialConfiguration credential, string name, string path, Dictionary<(CredentialKind, string), string> owners, Reader reader)
    {
        foreach (var (value, what) in Marks(credential))
        {
            if (!owners.TryAdd((credential.Kind, value), name))
            {
                var owner = owners[(credential.Kind, value)];
                reader.Report(path, owner == name
                    ? $"{name} has {what} twice: keep one."
                    : $"{owner} has {what} too: a credential belongs to one consumer.");
                return;
            }
        }
    }

    /// <summary>What belongs to one credential of its kind alone.</summary>
    private static IEnumerable<(string Value, string What)> Marks(CredentialConfiguration credential) => credential switch
    {
        CredentialConfiguration.Basic basic => [(basic.Username, $"the username '{basic.Username}'")],
        // A key and its digest are one secret.
        CredentialConfiguration.ApiKey key => [(Convert.ToHexString(key.Sha256), "the same API key")],
        CredentialConfiguration.Jwt jwt => [(Claims(jwt), $"the same claims of {jwt.Issuer}")],
        CredentialConfiguration.Mtls mtls => [(mtls.Thumbprint ?? mtls.SubjectAlternativeName ?? "", "the same certificate or name")],
        // The bytes are the secret, however they are written.
        CredentialConfiguration.WebhookSignature webhook => [(Convert.ToHexString(webhook.SigningKey), "the same signing secret")],
        CredentialConfiguration.HttpSignature signature =>
            [("id " + signature.KeyId, $"the key id '{signature.KeyId}'"), ("key " + Convert.ToHexString(signature.KeyBytes), "the same key")],
        _ => throw new InvalidOperationException($"Credential {credential.GetType().Name} has no rule."),
    };

    private static string Claims(CredentialConfiguration.Jwt jwt) =>
        jwt.Issuer + "\n" + string.Join('\n', jwt.Claims.OrderBy(static claim => claim.Key, StringComparer.Ordinal).Select(static claim => claim.Key + "\t" + claim.Value));

    private static void CheckAudiences(string name, ConsumerConfiguration consumer, PosternConfiguration configuration, Reader reader)
    {
        foreach (var scope in consumer.Scopes.All)
        {
            if (AudienceNames.FindFault(scope, configuration.Consumers) is { } fault)
            {
                reader.Report(KeyPath.Key(KeyPath.Key("consumers", name), "scopes"), $"'{scope}' {fault}");
            }
        }
    }

    private static void CheckScopes(CredentialConfiguration credential, ConsumerConfiguration consumer, string path, Reader reader)
    {
        foreach (var scope in credential.Scopes?.All ?? [])
        {
            if (AudienceNames.FindFaultOfCredential(scope) is { } fault)
            {
                reader.Report(path + ".scopes", $"'{scope}' {fault}");
            }
            else if (!consumer.Scopes.All.Any(held => held.Shared(scope) == scope))
            {
                reader.Report(path + ".scopes", $"'{scope}' is more than the consumer may do ({(consumer.Scopes.All.Count == 0 ? "nothing" : consumer.Scopes)}): give it to the consumer too, or take it away.");
            }
        }
    }
}
