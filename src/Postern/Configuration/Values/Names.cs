using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Postern.Configuration.Shapes;
using Postern.Model;
using Postern.Model.Access;

namespace Postern.Configuration.Values;

/// <summary>Names the user gives: APIs, consumers, paths, event types, methods, credentials.</summary>
internal static partial class Names
{
    public const string NamePattern = "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$";
    public const string EventTypePattern = "^[A-Za-z0-9][A-Za-z0-9._-]{0,254}$";
    public const string PathPattern = "^/[^?#%{}\\\\\\s]*$";
    public const string ResourcePattern = "^(/|(/[^/?#%{}\\\\\\s]+|/\\{[A-Za-z0-9_]+\\})*/[^/?#%{}\\\\\\s]+/?)$";
    public const string OriginPattern = "^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?([.][A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$";
    public const string WordPattern = "^[A-Za-z0-9._~-]{1,64}$";

    public const string HeaderPattern = "^[A-Za-z][A-Za-z0-9-]{0,63}$";

    // Saying who calls in these would change what the message is, or be taken for what somebody else says.
    private static readonly string[] TakenHeaders =
    [
        "accept", "authorization", "cache-control", "connection", "content-", "cookie", "date", "expect", "forwarded", "from", "host", "idempotency-key",
        "if-", "keep-alive", "max-forwards", "origin", "proxy-", "range", "referer", "signature", "signature-", "te", "traceparent", "tracestate", "trailer", "transfer-encoding",
        "upgrade", "user-agent", "via", "webhook-", "ce-", "x-forwarded-", "x-request-id", "x-api-key",
    ];

    /// <summary>The methods that change something.</summary>
    public static IReadOnlyList<string> Methods { get; } = ["POST", "PUT", "PATCH", "DELETE"];

    public static Parsed<string> Name(string text) =>
        NameExpression().IsMatch(text) ? text : Parsed.No<string>("is not a name: use 1 to 64 letters, digits, '.', '_' and '-'.");

    public static Parsed<string> ConsumerName(string text) =>
        text == Consumer.Anonymous.Name
            ? Parsed.No<string>("is the name of callers without credentials: choose another one.")
            : Name(text);

    public static Parsed<string> EventType(string text) =>
        EventTypeExpression().IsMatch(text)
            ? text
            : Parsed.No<string>("is not a name of an event type: use letters, digits, '.', '_' and '-', such as orders.created.");

    public static Parsed<string> Method(string text) =>
        Methods.Contains(text, StringComparer.OrdinalIgnoreCase)
            ? text.ToUpperInvariant()
            : Parsed.No<string>($"is not a method that changes something: give {string.Join(", ", Methods)}.{Spelling.Suggest(text, Methods)}");

    /// <summary>Where an API stands: an absolute path by whole segments, without a trailing slash.</summary>
    public static Parsed<string> Path(string text) =>
        PathExpression().IsMatch(text)
            ? Segments(text)
            : Parsed.No<string>("is not a path: start with '/', without spaces, '?', '#', '%' and '{…}'.");

    /// <summary>Path of a resource; a segment <c>{customer}</c> before the last one stands for any key.</summary>
    public static Parsed<string> Resource(string text) =>
        text.EndsWith('}')
            ? Parsed.No<string>("ends in a placeholder: leave it out, every record of a resource is meant anyway.")
            : ResourceExpression().IsMatch(text) || PathExpression().IsMatch(text)
                ? Segments(text)
                : Parsed.No<string>("is not a path: start with '/', without spaces, '?', '#' and '%'; a key in the middle is a whole segment such as {customer}.");

    private static Parsed<string> Segments(string text)
    {
        var path = ResourcePath.Trim(text);
        return path.Split('/').Skip(1).Any(segment => segment is "." or ".." || (segment.Length == 0 && path != "/"))
            ? Parsed.No<string>("has an empty segment, '.' or '..': no request has such a path.")
            : path;
    }

    public static Parsed<string> Word(string text) =>
        WordExpression().IsMatch(text) && text is not ("." or "..")
            ? text
            : Parsed.No<string>("is not one segment of a path: use letters, digits, '.', '_', '~' and '-'.");

    /// <summary>RFC 7617: a user id has no colon.</summary>
    public static Parsed<string> Username(string text) =>
        text.Contains(':', StringComparison.Ordinal) || text.Any(char.IsControl)
            ? Parsed.No<string>("has a colon or a control character: Basic credentials cannot carry it.")
            : text;

    public static Parsed<string> File(string text) =>
        text.AsSpan().ContainsAny('\r', '\n') || text.StartsWith("-----", StringComparison.Ordinal)
            ? Parsed.No<string>("is not the path of a file: give the path, not what stands in the file.")
            : text;

    public static Parsed<string> Password(string text) =>
        IsLeftover(text) ? Leftover()
        : text.Any(char.IsControl) ? Parsed.No<string>("has a control character, a line break perhaps: Basic credentials cannot carry it.") : text;

    /// <summary>What a header field can carry without being changed on the way.</summary>
    public static Parsed<string> Token(string text) =>
        IsLeftover(text) ? Leftover()
        : text.All(character => character is > ' ' and < '\u007F')
            ? text
            : Parsed.No<string>("has a space, a line break or a character outside of ASCII: a header cannot carry it.");

    /// <summary>Any token; one that has the form of the gateway's own keys must be whole.</summary>
    public static Parsed<string> ApiKey(string text) =>
        text.StartsWith(ApiKeyText.Prefix, StringComparison.Ordinal) && ApiKeyText.IdOf(text) is null
            ? Parsed.No<string>($"begins with {ApiKeyText.Prefix} as the keys of 'postern api-key' do, and its last characters do not fit the others: it was not copied whole.")
            : Token(text);

    /// <summary>The value is in hexadecimal digits, however it was written.</summary>
    public static Parsed<string> Digest(string text)
    {
        var bytes = new byte[SHA256.HashSizeInBytes + 1];
        return text.Length == 2 * SHA256.HashSizeInBytes && text.All(char.IsAsciiHexDigit) ? text.ToLowerInvariant()
            : Convert.TryFromBase64String(text, bytes, out var length) && length == SHA256.HashSizeInBytes ? Convert.ToHexStringLower(bytes.AsSpan(0, length))
            : Parsed.No<string>("is not a SHA-256: give 64 hexadecimal digits, or 32 bytes in base64, as 'postern api-key' prints them.");
    }

    public static bool IsHeader(string text) => HeaderExpression().IsMatch(text);

    public static Parsed<string> IdentityHeader(string text) =>
        !IsHeader(text) ? Parsed.No<string>("is not the name of a header: use letters, digits and '-', such as X-Consumer-Name.")
        : Array.Exists(TakenHeaders, taken => taken.EndsWith('-') ? text.StartsWith(taken, StringComparison.OrdinalIgnoreCase) : text.Equals(taken, StringComparison.OrdinalIgnoreCase))
            ? Parsed.No<string>("has a meaning of its own: choose another header, such as X-Consumer-Name.")
            : text;

    public static Parsed<string> PasswordHash(string text) =>
        Model.Access.PasswordHash.TryParse(text, out _, out var problem) ? text : Parsed.No<string>(problem);

    // What a template or another program's syntax left behind is a secret that everybody can guess.
    private static bool IsLeftover(string text) => LeftoverExpression().IsMatch(text);

    private static Parsed<string> Leftover() => Parsed.No<string>("is a reference that nothing replaced, not a secret: write $env:NAME or $file:PATH.");

    /// <summary>A DNS name in its ASCII form, as receivers compare it.</summary>
    public static Parsed<string> Origin(string text) =>
        text.Length <= 253 && OriginExpression().IsMatch(text)
            ? text.ToLowerInvariant()
            : Parsed.No<string>("is not a DNS name: write one such as gateway.example.com, without scheme, port and path.");

    public static Parsed<string> EncryptionKey(string text)
    {
        var bytes = new byte[64];
        return text.Length <= 80 && Convert.TryFromBase64String(text, bytes, out var length) && length == 32
            ? text
            : Parsed.No<string>("is not 32 bytes in base64: make one with 'openssl rand -base64 32'.");
    }

    [GeneratedRegex(@"^(\$?(env|file)(:|$)|\$?\{.*\}$|\$\(.*\)$|<.*>$)", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex LeftoverExpression();

    [GeneratedRegex(HeaderPattern, RegexOptions.CultureInvariant)]
    private static partial Regex HeaderExpression();

    [GeneratedRegex(NamePattern, RegexOptions.CultureInvariant)]
    private static partial Regex NameExpression();

    [GeneratedRegex(EventTypePattern, RegexOptions.CultureInvariant)]
    private static partial Regex EventTypeExpression();

    [GeneratedRegex(PathPattern, RegexOptions.CultureInvariant)]
    private static partial Regex PathExpression();

    [GeneratedRegex(ResourcePattern, RegexOptions.CultureInvariant)]
    private static partial Regex ResourceExpression();

    [GeneratedRegex(WordPattern, RegexOptions.CultureInvariant)]
    private static partial Regex WordExpression();

    [GeneratedRegex(OriginPattern, RegexOptions.CultureInvariant)]
    private static partial Regex OriginExpression();
}
