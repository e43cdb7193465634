using Microsoft.AspNetCore.Http;

namespace Postern.Gateway.Pipeline;

/// <summary>Finds methods that mean one thing to the gateway and another to the API.</summary>
internal static class RequestMethod
{
    /// <summary>What is wrong with the method; null when it can be passed on.</summary>
    public static string? FindFault(string protocol, string method) =>
        // Methods are case-sensitive (RFC 9110 §9.1), but the client towards the API makes GET of "get".
        HttpMethods.GetCanonicalizedValue(method) != method ? "The method is written in capitals."
        // Over HTTP/2 it opens a web socket (RFC 8441), in HTTP/1.1 it asks for a tunnel.
        : HttpMethods.IsConnect(method) && !HttpProtocol.IsHttp2(protocol) ? "The gateway is no tunnel."
        : null;
}
