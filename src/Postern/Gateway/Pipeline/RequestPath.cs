using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Postern.Gateway.Pipeline;

/// <summary>
/// The path of a request as every decision and the upstream see it: taken from the raw target once, dot segments
/// removed, each segment with its bytes as sent and its text as compared.
/// </summary>
/// <remarks>
/// Kestrel's decoded path cannot be used: <c>%252F</c> and <c>%2F</c> are the same in it, and encoding it again
/// changes what the client sent.
/// </remarks>
internal sealed record RequestPath
{
    /// <summary>Segments as sent, empty ones among them: joined by <c>/</c> they are the path that goes upstream.</summary>
    public required IReadOnlyList<string> Raw { get; init; }

    /// <summary>The segments that are not empty, decoded: what is compared.</summary>
    public required string[] Segments { get; init; }

    /// <summary>With the question mark; empty when there is none.</summary>
    public required string Query { get; init; }

    /// <summary>Path and query, as they go upstream.</summary>
    public required string Text { get; init; }

    /// <summary>Path and query of segments as sent.</summary>
    public static string TextOf(IEnumerable<string> raw, string query) => "/" + string.Join('/', raw) + query;

    /// <summary>Reads the target of a request line; false and why when it must not be routed.</summary>
    public static bool TryParse(string target, [NotNullWhen(true)] out RequestPath? path, [NotNullWhen(false)] out string? fault)
    {
        path = null;
        var text = PathAndQuery(target);
        if (text is null)
        {
            fault = "The target of the request is not a path.";
            return false;
        }

        if (text.AsSpan().ContainsAnyExceptInRange('!', '~') || text.Contains('\\', StringComparison.Ordinal) || text.Contains('#', StringComparison.Ordinal))
        {
            fault = "The path holds a character that must be percent-encoded.";
            return false;
        }

        var question = text.IndexOf('?', StringComparison.Ordinal);
        var query = question < 0 ? "" : text[question..];
        var parts = (question < 0 ? text : text[..question])[1..].Split('/');
        var raw = new List<string>(parts.Length);
        foreach (var segment in parts)
        {
            var dots = DecodeDots(segment);
            // Some servers drop what follows ';' and then climb: nobody else writes such a segment.
            if (dots.StartsWith(".;", StringComparison.Ordinal) || dots.StartsWith("..;", StringComparison.Ordinal))
            {
                fault = "The path holds a dot segment with a parameter.";
                return false;
            }

            if (dots == "..")
            {
                raw.RemoveRange(Math.Max(raw.Count - 1, 0), Math.Min(raw.Count, 1));
            }
            else if (dots != ".")
            {
                raw.Add(segment);
            }
        }

        path = new RequestPath
        {
            Raw = raw,
            Segments = SegmentsOf(raw),
            Query = query,
            Text = raw.Count == parts.Length ? text : TextOf(raw, query),
        };
        fault = null;
        return true;
    }

    /// <summary>
    /// The text of a segment: percent-decoded, but for <c>%2F</c> and <c>%25</c>, so that no text opens another segment
    /// and two different segments never become one. What is no UTF-8 stays as it is.
    /// </summary>
    public static string Decode(string segment)
    {
        if (!segment.Contains('%', StringComparison.Ordinal))
        {
            return segment;
        }

        var kept = segment
            .Replace("%25", "%2525", StringComparison.Ordinal)
            .Replace("%2F", "%252F", StringComparison.OrdinalIgnoreCase);
        return Uri.UnescapeDataString(kept);
    }

    /// <summary>The text of a segment for a key that came as plain text (from a body): as <see cref="Decode"/> writes it.</summary>
    public static string FromText(string key) =>
        key.AsSpan().ContainsAny('%', '/')
            ? new StringBuilder(key).Replace("%", "%25").Replace("/", "%2F").ToString()
            : key;

    private static string[] SegmentsOf(List<string> raw)
    {
        var segments = new List<string>(raw.Count);
        foreach (var part in raw)
        {
            if (part.Length > 0)
            {
                segments.Add(Decode(part));
            }
        }

        return [.. segments];
    }

    private static string DecodeDots(string segment) =>
        segment.Contains('%', StringComparison.Ordinal)
            ? segment.Replace("%2e", ".", StringComparison.OrdinalIgnoreCase).Replace("%3b", ";", StringComparison.OrdinalIgnoreCase)
            : segment;

    /// <summary>What stands in the origin form of a target, or behind the authority of an absolute one (RFC 9112 §3.2); null for other forms.</summary>
    public static string? PathAndQuery(string target)
    {
        if (target.StartsWith('/'))
        {
            return target;
        }

        var scheme = target.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0)
        {
            return null;
        }

        var end = target.AsSpan(scheme + 3).IndexOfAny('/', '?');
        return end < 0 ? "/" : target[scheme + 3 + end] == '?' ? "/" + target[(scheme + 3 + end)..] : target[(scheme + 3 + end)..];
    }
}
