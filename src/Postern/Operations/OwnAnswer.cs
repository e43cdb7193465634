using Microsoft.AspNetCore.Http;

namespace Postern.Operations;

/// <summary>What each answer of the gateway's own says to browsers and caches, on both ports.</summary>
internal static class OwnAnswer
{
    public static void Protect(IHeaderDictionary headers)
    {
        // Everything said here is a state of now, and mostly one consumer's own; a cache keeps a 404 or a 405 unless it is told not to.
        headers.CacheControl = "no-store";

        // It is data: no browser is to make a page of it, nor to tell other hosts of its path.
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";
        headers["Referrer-Policy"] = "no-referrer";
    }
}
