namespace Postern.Model;

/// <summary>Paths as events and subscriptions compare them: absolute, by whole segments, without a trailing slash.</summary>
public static class ResourcePath
{
    /// <summary>The path of an event: the path of its <paramref name="source"/> (an absolute URI or a path), and its subject below it.</summary>
    /// <remarks>A source without a path of its own (<c>urn:…</c>) counts as the root: only a subscription to <c>/</c> sees it.</remarks>
    public static string Of(string source, string? subject)
    {
        var path = PathOf(source);
        return string.IsNullOrEmpty(subject) ? path : path == "/" ? "/" + subject : path + "/" + subject;
    }

    /// <summary>The path of a URI-reference, without query, fragment and trailing slash.</summary>
    public static string PathOf(string source)
    {
        var start = 0;
        var scheme = source.IndexOf("://", StringComparison.Ordinal);
        if (scheme >= 0)
        {
            start = source.IndexOf('/', scheme + 3);
        }
        else if (source.Length == 0 || source[0] != '/')
        {
            start = -1;
        }

        if (start < 0)
        {
            return "/";
        }

        var end = source.AsSpan(start).IndexOfAny('?', '#');
        var path = end < 0 ? source[start..] : source.Substring(start, end);
        return Trim(path);
    }

    /// <summary>Drops trailing slashes; the root stays <c>/</c>.</summary>
    public static string Trim(string path)
    {
        var trimmed = path.AsSpan().TrimEnd('/');
        return trimmed.Length == path.Length ? path : trimmed.Length == 0 ? "/" : trimmed.ToString();
    }

    /// <summary>Whether <paramref name="path"/> is <paramref name="prefix"/> or lies below it, by whole segments.</summary>
    public static bool IsAtOrBelow(ReadOnlySpan<char> path, ReadOnlySpan<char> prefix) =>
        prefix is "/" || (path.StartsWith(prefix, StringComparison.Ordinal) && (path.Length == prefix.Length || path[prefix.Length] == '/'));
}
