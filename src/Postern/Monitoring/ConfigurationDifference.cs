using System.Text.Json.Nodes;
using Postern.Configuration;

namespace Postern.Monitoring;

/// <summary>Where two configurations differ: paths of keys, never what stands there.</summary>
internal static class ConfigurationDifference
{
    // Deep enough for apis.shop.upstream and consumers.acme.credentials.
    private const int Depth = 3;

    public static IReadOnlyList<string> Of(PosternConfiguration before, PosternConfiguration after)
    {
        // What is masked looks the same whatever it is: the secrets are compared as they are.
        var paths = new SortedSet<string>(StringComparer.Ordinal);
        Compare(ConfigurationReport.RunningOf(before), ConfigurationReport.RunningOf(after), "", 1, paths);
        Note("admin.token", before.Admin.Token, after.Admin.Token);
        Note("secrets.key", before.Secrets.Key, after.Secrets.Key);
        Note("secrets.keys", string.Join('\n', before.Secrets.Keys.Select(key => key.Key)), string.Join('\n', after.Secrets.Keys.Select(key => key.Key)));
        foreach (var (name, consumer) in after.Consumers)
        {
            if (before.Consumers.TryGetValue(name, out var known) && !known.Credentials.Select(SecretOf).SequenceEqual(consumer.Credentials.Select(SecretOf)))
            {
                paths.Add($"consumers.{name}.credentials");
            }
        }

        return [.. paths];

        void Note(string path, string? one, string? other)
        {
            if (one != other)
            {
                paths.Add(path);
            }
        }
    }

    private static string? SecretOf(CredentialConfiguration credential) => credential switch
    {
        CredentialConfiguration.Basic basic => basic.Password ?? basic.Hash?.ToString(),
        CredentialConfiguration.ApiKey key => key.Key ?? key.Digest,
        CredentialConfiguration.WebhookSignature webhook => webhook.Secret,
        CredentialConfiguration.HttpSignature signature => signature.Secret,
        // All of them is shown.
        CredentialConfiguration.Jwt or CredentialConfiguration.Mtls => null,
        _ => throw new InvalidOperationException($"Nothing says what is secret in {credential.GetType().Name}."),
    };

    private static void Compare(JsonObject before, JsonObject after, string at, int depth, SortedSet<string> paths)
    {
        foreach (var name in before.Select(entry => entry.Key).Union(after.Select(entry => entry.Key)))
        {
            var (one, other) = (before[name], after[name]);
            if (JsonNode.DeepEquals(one, other))
            {
                continue;
            }

            var path = at.Length == 0 ? name : $"{at}.{name}";
            if (depth < Depth && one is JsonObject inner && other is JsonObject outer)
            {
                Compare(inner, outer, path, depth + 1, paths);
            }
            else
            {
                paths.Add(path);
            }
        }
    }
}
