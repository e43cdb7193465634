using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using Postern.Operations;

namespace Postern.Gateway.Proxy;

/// <summary>
/// Passes a call on subscriptions, as it came, to a process that has that role. That one asks again who calls, by the same credentials; it believes
/// this process about the address where it is among its trusted proxies.
/// </summary>
internal sealed class SubscriptionForward(PoolForwarder forwarder, Upstreams upstreams)
{
    private const int MostProxies = 16;

    private volatile Pool? last;

    /// <summary>The same calls, answered elsewhere.</summary>
    public IEnumerable<Operation> Of(IReadOnlyList<Operation> operations) => operations.Select(operation => operation with { Handle = SendAsync });

    private async Task SendAsync(HttpContext context)
    {
        if (context.Request.Headers.GetCommaSeparatedValues(HeaderNames.Via).Length > MostProxies)
        {
            throw new ProblemException(Problems.Make(
                508, "loop", "The call goes round in a circle", "It has come over too many proxies: gateway.subscriptions leads back to the gateway that it stands in."));
        }

        var call = context.GatewayCall();
        PassingBody.Bound(context, call.Configuration.Limits.MaxBodyBytes);

        // The answer brings its own.
        context.Response.Headers.Clear();
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        await forwarder.SendAsync(context, "subscriptions", PoolOf(call.Configuration.Gateway.Subscriptions), new ProxiedExchange(target, call));
    }

    private UpstreamPool PoolOf(IReadOnlyList<string> addresses)
    {
        var pool = last;
        if (pool is null || !ReferenceEquals(pool.Of, addresses))
        {
            last = pool = new Pool(addresses, upstreams.PoolFor(addresses));
        }

        return pool.Made;
    }

    private sealed record Pool(IReadOnlyList<string> Of, UpstreamPool Made);
}
