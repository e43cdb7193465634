using Postern.Configuration.Reading;
using Postern.Configuration.Values;

namespace Postern.Configuration.Rules;

/// <summary>Each encryption key has a name of its own, and is given once; a store that is no file needs one.</summary>
internal static class SecretRules
{
    public static void Check(PosternConfiguration configuration, Reader reader)
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);
        var keys = new HashSet<string>(StringComparer.Ordinal);
        for (var index = 0; index < configuration.Secrets.Keys.Count; index++)
        {
            var (id, key) = configuration.Secrets.Keys[index];
            var path = KeyPath.Index("secrets.keys", index);
            if (id.Length > 0 && !ids.Add(id))
            {
                reader.Report(KeyPath.Key(path, "id"), $"'{id}' names another key too: give each its own id.");
            }

            if (key.Length > 0 && !keys.Add(key))
            {
                reader.Report(KeyPath.Key(path, "key"), "is the same as that of an earlier entry: keep one.");
            }
        }

        // Beside a file the key is made at the first start; whoever else opens a database has no file beside it.
        if (PostgreSqlUrl.Is(configuration.Store) && configuration.Secrets is { Key: null, Keys.Count: 0 } && !reader.HasErrorBelow("secrets"))
        {
            reader.Report("secrets.key", "is needed with a PostgreSQL store, to encrypt the secrets in it: 32 bytes in base64, as `openssl rand -base64 32` makes them, such as $env:POSTERN_SECRETS_KEY.");
        }
    }
}
