using System.Text;

namespace Postern.Gateway.Proxy;

/// <summary>
/// The connections to the APIs. Their addresses are the operator's own, so they do not pass the egress guard; nothing
/// is added to, taken from or decided about a message on the way.
/// </summary>
internal sealed class UpstreamClient : IDisposable
{
    public HttpMessageInvoker Invoker { get; } = new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = System.Net.DecompressionMethods.None,
        EnableMultipleHttp2Connections = true,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        // An upstream that moves to another address is found again.
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        // We pass the trace context on ourselves.
        ActivityHeadersPropagator = null,
        // Header bytes pass as they are: Latin-1 maps each to one character and back.
        RequestHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
        ResponseHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
    });

    public void Dispose() => Invoker.Dispose();
}
