using Postern.Configuration.Reading;
using Postern.Configuration.Values;

namespace Postern.Configuration.Rules;

/// <summary>What can run on what.</summary>
internal static class PlatformRules
{
    public static void Check(PosternConfiguration configuration, Reader reader)
    {
        var missing = Platform.Needed.Except(configuration.Roles).ToList();
        if (missing.Count > 0 && !reader.HasErrorBelow("roles"))
        {
            reader.Report("roles", $"lacks {string.Join(", ", missing)}: in this version one process does everything; remove the key.");
        }
    }
}
