using System.Buffers;
using System.Globalization;

namespace Postern.Egress.Delivery;

/// <summary>Which headers a consumer may add to its callbacks.</summary>
/// <remarks>
/// Refused is what frames the message, what a proxy or server on the way obeys, and what the gateway says itself: a header that
/// reaches a proxy with the gateway's word is how custom headers became a way in elsewhere (GitLab, CVE-2025-6454).
/// </remarks>
internal static class HeaderRules
{
    public const int Most = 20;
    public const int MaxNameLength = 128;
    public const int MaxValueLength = 4 * 1024;
    public const int MaxTotalLength = 8 * 1024;

    private static readonly SearchValues<char> Token =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private static readonly HashSet<string> refused = new(StringComparer.OrdinalIgnoreCase)
    {
        "accept-encoding", "allow", "alt-svc", "baggage", "connection", "cookie", "cookie2", "date", "expect", "expires", "forwarded", "host",
        "http2-settings", "keep-alive", "last-modified", "max-forwards", "origin", "range", "set-cookie", "set-cookie2", "te", "traceparent",
        "tracestate", "trailer", "transfer-encoding", "upgrade", "user-agent", "via", "x-http-method", "x-http-method-override",
        "x-method-override", "x-original-url", "x-real-ip", "x-rewrite-url",
    };

    private static readonly string[] refusedPrefixes =
        ["access-control-", "ce-", "content-", "if-", "postern-", "proxy-", "sec-", "webhook-", "x-forwarded-"];

    /// <summary>What is wrong with a name; null when it may be used.</summary>
    public static string? NameProblem(string name)
    {
        if (name.Length is 0 or > MaxNameLength || name.AsSpan().ContainsAnyExcept(Token))
        {
            return string.Create(
                CultureInfo.InvariantCulture, $"is not the name of a header: use 1 to {MaxNameLength} letters, digits and '-'.");
        }

        // Servers that hand headers on as variables cannot tell the two apart.
        var plain = name.Replace('_', '-');
        return refused.Contains(plain) || Array.Exists(refusedPrefixes, prefix => plain.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            ? "cannot be set: the gateway, or what carries the message, says it."
            : null;
    }

    /// <summary>What is wrong with a value of a header whose name may be used; null when it can be sent. Does not repeat it.</summary>
    public static string? ValueProblem(string name, string value)
    {
        if (value.Length is 0 or > MaxValueLength || value.AsSpan().ContainsAnyExceptInRange(' ', '~') || value != value.Trim(' '))
        {
            return string.Create(
                CultureInfo.InvariantCulture, $"must have 1 to {MaxValueLength} printable ASCII characters, with no space at either end.");
        }

        // Some headers have a form of their own, which is asked for when they are added.
        try
        {
            using var message = new HttpRequestMessage();
            message.Headers.Add(name, value);
            return null;
        }
        catch (Exception exception) when (exception is FormatException or InvalidOperationException)
        {
            return "is not a value that this header can have.";
        }
    }
}
