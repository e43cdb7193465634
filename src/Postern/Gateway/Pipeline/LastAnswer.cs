using Microsoft.AspNetCore.Http;

namespace Postern.Gateway.Pipeline;

/// <summary>Ends a connection with the answer that is given.</summary>
internal static class LastAnswer
{
    /// <summary>Says so in HTTP/1.1, where what follows on the connection may be the rest of an attack, or of a body that nobody reads.</summary>
    public static void Announce(HttpContext context)
    {
        if (HttpProtocol.IsHttp11(context.Request.Protocol))
        {
            context.Response.Headers.Connection = "close";
        }
    }
}
