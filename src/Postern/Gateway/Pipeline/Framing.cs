using Microsoft.AspNetCore.Http;

namespace Postern.Gateway.Pipeline;

/// <summary>
/// Finds messages whose end two parsers may see at different places (RFC 9112 §6.3, §11.2). Kestrel refuses most of
/// them; these it lets through.
/// </summary>
internal static class Framing
{
    /// <summary>Where Kestrel puts the Content-Length of a request that has a Transfer-Encoding as well.</summary>
    public const string KestrelContentLength = "X-Content-Length";

    /// <summary>What is wrong with the framing; null when it is unambiguous.</summary>
    public static string? FindFault(string protocol, IHeaderDictionary headers)
    {
        var codings = headers.TransferEncoding;
        if (codings.Count == 0)
        {
            return null;
        }

        if (!HttpProtocol.IsHttp11(protocol))
        {
            return "Transfer-Encoding exists in HTTP/1.1 only.";
        }

        if (headers.ContentLength is not null || headers.ContainsKey(KestrelContentLength))
        {
            return "Content-Length and Transfer-Encoding exclude each other.";
        }

        return codings.Count == 1 && string.Equals(codings[0], "chunked", StringComparison.OrdinalIgnoreCase)
            ? null
            : "The only transfer coding taken is one single \"chunked\".";
    }
}
