using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Postern.Monitoring;

/// <summary>Who may use the admin port: pure decisions over the headers of a request.</summary>
internal static class AdminAccess
{
    private const string Scheme = "Bearer ";
    private const string FetchSite = "Sec-Fetch-Site";

    /// <summary>Whether an <c>Authorization</c> header carries the token; takes the same time for every wrong one.</summary>
    public static bool HasToken(string? authorization, string token)
    {
        if (authorization is null || !authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        // Digests have one length: neither content nor length of the token shows in the time.
        Span<byte> sent = stackalloc byte[SHA256.HashSizeInBytes];
        Span<byte> expected = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(authorization[Scheme.Length..].Trim()), sent);
        SHA256.HashData(Encoding.UTF8.GetBytes(token), expected);
        return CryptographicOperations.FixedTimeEquals(sent, expected);
    }

    /// <summary>Whether a host name of a URL means this machine whatever DNS says.</summary>
    /// <remarks>A page that made its own name resolve to 127.0.0.1 (DNS rebinding) still sends that name as <c>Host</c>.</remarks>
    public static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    /// <summary>Whether the page that makes the call, if one does, is served by this very port.</summary>
    public static bool IsOwnOrigin(string? origin, string? host) =>
        string.IsNullOrEmpty(origin)
        || (Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.Authority.Equals(host, StringComparison.OrdinalIgnoreCase));

    /// <summary>
    /// Whether a call that changes something can come from no page of another origin: browsers say where a page is from in <c>Sec-Fetch-Site</c>
    /// and <c>Origin</c>, and let none send JSON elsewhere without asking first.
    /// </summary>
    public static bool MayChange(HttpRequest request)
    {
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
        {
            return true;
        }

        var headers = request.Headers;
        return (headers[FetchSite].Count == 0 || headers[FetchSite] == "same-origin" || headers[FetchSite] == "none")
            && (headers.Origin.Count == 0 || headers.Origin == $"{request.Scheme}://{request.Host}")
            && (headers.ContentType.Count == 0 || (MediaTypeHeaderValue.TryParse(headers.ContentType.ToString(), out var type) && IsJson(type)));
    }

    private static bool IsJson(MediaTypeHeaderValue type) =>
        type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase) || type.MatchesMediaType("application/merge-patch+json");

    /// <summary>Whether the page that makes the call, if one does, is served by this machine.</summary>
    public static bool IsLoopbackOrigin(string? origin) =>
        string.IsNullOrEmpty(origin)
        || (Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && IsLoopback(uri.Host));
}
