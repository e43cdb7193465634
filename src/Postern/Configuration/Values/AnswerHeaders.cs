using Postern.Configuration.Shapes;

namespace Postern.Configuration.Values;

/// <summary>Headers that an API's answers can be given.</summary>
internal static class AnswerHeaders
{
    private const int MaxValueLength = 4 * 1024;

    // What frames the message, what it is a representation of, and what the gateway says itself.
    private static readonly string[] Taken =
    [
        "accept-ranges", "age", "allow", "alt-svc", "connection", "content-encoding", "content-length", "content-location", "content-range", "content-type", "date",
        "etag", "keep-alive", "last-modified", "location", "proxy-", "ratelimit", "ratelimit-policy", "retry-after", "sec-", "set-cookie", "te", "trailer",
        "transfer-encoding", "upgrade", "via", "www-authenticate", "x-request-id",
    ];

    public static Parsed<string> Name(string text)
    {
        if (!Names.IsHeader(text))
        {
            return Parsed.No<string>("is not the name of a header: use letters, digits and '-', such as X-Content-Type-Options.");
        }

        if (text.Equals("strict-transport-security", StringComparison.OrdinalIgnoreCase))
        {
            return Parsed.No<string>("speaks for the whole port: set gateway.strictTransportSecurity.");
        }

        return Array.Exists(Taken, taken => taken.EndsWith('-') ? text.StartsWith(taken, StringComparison.OrdinalIgnoreCase) : text.Equals(taken, StringComparison.OrdinalIgnoreCase))
            ? Parsed.No<string>("cannot be set: only the API, or what carries the message, can say it.")
            // Two spellings are one header.
            : text.ToLowerInvariant();
    }

    public static Parsed<string> Value(string text) =>
        text.Length <= MaxValueLength && !text.AsSpan().ContainsAnyExceptInRange(' ', '~') && text.Trim(' ') == text
            ? text
            : Parsed.No<string>("is not the value of a header: at most 4096 printable ASCII characters, with no space at either end.");
}
