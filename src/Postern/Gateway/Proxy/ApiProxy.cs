using Microsoft.AspNetCore.Http;
using Postern.Gateway.Capture;
using Postern.Gateway.Dispatch;
using Postern.Gateway.Pipeline;
using Postern.Operations;

namespace Postern.Gateway.Proxy;

/// <summary>Passes a call on to its API.</summary>
internal sealed class ApiProxy(PoolForwarder forwarder, Capturing capturing)
{
    public async Task SendAsync(HttpContext context, ApiRoute api, RequestPath path, GatewayCall call)
    {
        PassingBody.Bound(context, api.FindResourceLimits(path)?.Limits.MaxBodyBytes ?? api.Configuration.Limits.MaxBodyBytes ?? call.Configuration.Limits.MaxBodyBytes);

        var trace = TraceContext.Of(context.Request.Headers);
        using var capture = capturing.Begin(context, api, path, trace);
        await forwarder.SendAsync(context, api.Name, api.Pool, new UpstreamExchange(api, api.UpstreamTarget(path), trace, call, capture));
    }
}
