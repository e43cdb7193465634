using Postern.Configuration.Reading;

namespace Postern.Configuration.Rules;

/// <summary>A credential says who calls: nobody shares one. Its secret is never told.</summary>
internal static class ConsumerRules
{
    public static void Check(PosternConfiguration configuration, Reader reader)
    {
        var usernames = new Dictionary<string, string>(StringComparer.Ordinal);
        var keys = new Dictionary<string, string>(StringComparer.Ordinal);
        var tokens = new Dictionary<string, string>(StringComparer.Ordinal);
        var certificates = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, consumer) in configuration.Consumers)
        {
            var path = KeyPath.Key(KeyPath.Key("consumers", name), "credentials");
            foreach (var credential in consumer.Credentials)
            {
                var (owners, value, what) = credential switch
                {
                    CredentialConfiguration.Basic basic => (usernames, basic.Username, $"the username '{basic.Username}'"),
                    CredentialConfiguration.ApiKey key => (keys, key.Key, "the same API key"),
                    CredentialConfiguration.Mtls mtls => (certificates, mtls.Thumbprint ?? mtls.SubjectAlternativeName ?? "", "the same certificate or name"),
                    CredentialConfiguration.Jwt jwt => (tokens, Claims(jwt), $"the same claims of {jwt.Issuer}"),
                    _ => throw new InvalidOperationException($"Credential {credential.GetType().Name} has no rule."),
                };
                if (!owners.TryAdd(value, name))
                {
                    reader.Report(path, owners[value] == name
                        ? $"{name} has {what} twice: keep one."
                        : $"{owners[value]} has {what} too: a credential belongs to one consumer.");
                }
            }
        }
    }

    private static string Claims(CredentialConfiguration.Jwt jwt) =>
        jwt.Issuer + "\n" + string.Join('\n', jwt.Claims.OrderBy(static claim => claim.Key, StringComparer.Ordinal).Select(static claim => claim.Key + "\t" + claim.Value));
}
