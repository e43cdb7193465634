using Postern.Model;

namespace Postern.Configuration;

/// <summary>Which API a resource belongs to.</summary>
internal static class ApiOfPath
{
    /// <summary>The one with the longest path of its own; null for a path of none.</summary>
    public static ApiConfiguration? ApiAt(this PosternConfiguration configuration, string path)
    {
        ApiConfiguration? found = null;
        foreach (var api in configuration.Apis.Values)
        {
            if (ResourcePath.IsAtOrBelow(path, ResourcePath.Trim(api.Path)) && (found is null || api.Path.Length > found.Path.Length))
            {
                found = api;
            }
        }

        return found;
    }
}
