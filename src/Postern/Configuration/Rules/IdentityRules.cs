using Postern.Configuration.Reading;

namespace Postern.Configuration.Rules;

/// <summary>Each header that tells an API who calls says one thing.</summary>
internal static class IdentityRules
{
    public static void Check(PosternConfiguration configuration, Reader reader)
    {
        var owners = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (key, name) in configuration.Identity.Headers())
        {
            if (!owners.TryAdd(name, key))
            {
                reader.Report($"identity.{key}", $"'{name}' is identity.{owners[name]} too: give each a header of its own.");
            }
        }
    }
}
