namespace Postern.Monitoring;

/// <summary>Hides secrets in what operators are shown.</summary>
internal static class Mask
{
    public const string Text = "***";

    public static string? Secret(string? secret) => secret is null ? null : Text;

    /// <summary>Hides the password of a URL or connection address: <c>postgres://postern:***@db/postern</c>.</summary>
    /// <remarks>By characters, not by <see cref="Uri"/>: what cannot be parsed must not be shown either.</remarks>
    public static string Password(string url)
    {
        var start = url.IndexOf("://", StringComparison.Ordinal);
        if (start < 0)
        {
            return url;
        }

        start += 3;
        var end = url.AsSpan(start).IndexOfAny('/', '?', '#') is var length && length < 0 ? url.Length : start + length;
        var at = url.LastIndexOf('@', end - 1, end - start);
        if (at < 0)
        {
            return url;
        }

        var colon = url.IndexOf(':', start, at - start);
        // A lone name before the @ is a token with some services: hidden as well.
        return colon < 0 ? url[..start] + Text + url[at..] : url[..(colon + 1)] + Text + url[at..];
    }
}
