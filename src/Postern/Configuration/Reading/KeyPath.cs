namespace Postern.Configuration.Reading;

/// <summary>Paths as errors name them: <c>apis.shop.upstream[1]</c>, <c>events["orders.created"]</c>.</summary>
internal static class KeyPath
{
    public static string Key(string path, string key)
    {
        if (key.Length == 0 || key.AsSpan().ContainsAny(".[]\" "))
        {
            return $"{path}[\"{key}\"]";
        }

        return path.Length == 0 ? key : $"{path}.{key}";
    }

    public static string Index(string path, int index) => $"{path}[{index}]";

    public static bool IsAtOrBelow(string path, string prefix) =>
        path.StartsWith(prefix, StringComparison.Ordinal) && (path.Length == prefix.Length || path[prefix.Length] is '.' or '[');

    /// <summary>What stands around it; empty for the whole document.</summary>
    public static string Parent(string path) => path[..Math.Max(0, path.LastIndexOfAny(['.', '[']))];
}
