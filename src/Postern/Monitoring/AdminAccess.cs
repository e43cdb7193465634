using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Postern.Monitoring;

/// <summary>Who may use the admin port: pure decisions over the headers of a request.</summary>
internal static class AdminAccess
{
    private const string Scheme = "Bearer ";

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

    /// <summary>Whether the page that makes the call, if one does, is served by this machine.</summary>
    public static bool IsLoopbackOrigin(string? origin) =>
        string.IsNullOrEmpty(origin)
        || (Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && IsLoopback(uri.Host));
}
