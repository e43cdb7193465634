using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Postern.Gateway.Capture;
using Postern.Gateway.Dispatch;
using Postern.Gateway.Pipeline;
using Postern.Operations;
using Yarp.ReverseProxy.Forwarder;

namespace Postern.Gateway.Proxy;

/// <summary>Passes a call on to its API, to one of its addresses that can be reached.</summary>
internal sealed class ApiProxy(IHttpForwarder forwarder, UpstreamClient client, Capturing capturing, ILogger<ApiProxy> logger)
{
    private static readonly ForwarderRequestConfig RequestConfig = new()
    {
        // Time without any byte in either direction.
        ActivityTimeout = TimeSpan.FromSeconds(100),
        Version = System.Net.HttpVersion.Version20,
        VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
    };

    public async Task SendAsync(HttpContext context, ApiRoute api, RequestPath path, GatewayCall call)
    {
        PassingBody.Bound(context, api.FindResourceLimits(path)?.Limits.MaxBodyBytes ?? api.Configuration.Limits.MaxBodyBytes ?? call.Configuration.Limits.MaxBodyBytes);

        var trace = TraceContext.Of(context.Request.Headers);
        var gone = context.RequestAborted;
        using var capture = capturing.Begin(context, api, path, trace);
        var exchange = new UpstreamExchange(api, api.UpstreamTarget(path), trace, call, capture);

        var error = ForwarderError.NoAvailableDestinations;
        foreach (var upstream in api.Pool.InOrder())
        {
            upstream.Begin();
            try
            {
                error = await forwarder.SendAsync(context, upstream.Address, client.Invoker, RequestConfig, exchange);
            }
            finally
            {
                upstream.End();
            }

            if (IsReached(context, api, upstream, error))
            {
                break;
            }
        }

        if (gone.IsCancellationRequested || context.Response.HasStarted)
        {
            return;
        }

        if (exchange.Failure is { } failure)
        {
            context.Response.Clear();
            throw failure;
        }

        if (error != ForwarderError.None)
        {
            context.Response.Clear();
            throw PassingBody.FindFault(context) ?? UpstreamProblems.Of(error);
        }
    }

    /// <summary>Whether the upstream may have been sent something. Else the next address may be tried, whatever the method is.</summary>
    private bool IsReached(HttpContext context, ApiRoute api, Upstream upstream, ForwarderError error)
    {
        var exception = error == ForwarderError.None ? null : context.GetForwarderErrorFeature()?.Exception;
        if (!NeverConnected(exception))
        {
            upstream.Reached();
            if (exception is not null && !context.RequestAborted.IsCancellationRequested)
            {
                logger.ForwardingFailed(api.Name, upstream.Address, error, exception.GetBaseException().Message);
            }

            return true;
        }

        upstream.Unreachable();
        // The cause says it all; the way there is always the same.
        logger.UpstreamUnreachable(api.Name, upstream.Address, exception!.GetBaseException().Message);
        context.Response.Clear();
        return false;
    }

    private static bool NeverConnected(Exception? exception) =>
        exception is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError };
}
