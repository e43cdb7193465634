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
        var client = context.RequestAborted;
        using var capture = capturing.Begin(context, api, path, trace);
        var exchange = new UpstreamExchange(api, api.UpstreamTarget(path), trace, call, capture);

        var error = await SendAsync(context, api, exchange);
        if (client.IsCancellationRequested || context.Response.HasStarted)
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

    private async Task<ForwarderError> SendAsync(HttpContext context, ApiRoute api, UpstreamExchange exchange)
    {
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

            var exception = error == ForwarderError.None ? null : context.GetForwarderErrorFeature()?.Exception;
            if (!NeverConnected(exception))
            {
                upstream.Reached();
                if (exception is not null && !context.RequestAborted.IsCancellationRequested)
                {
                    logger.ForwardingFailed(api.Name, upstream.Address, error, exception.GetBaseException().Message);
                }

                return error;
            }

            // Nothing was sent, so the next address may be tried whatever the method is.
            upstream.Unreachable();
            // The cause says it all; the way there is always the same.
            var reason = exception!.GetBaseException().Message;
            logger.UpstreamUnreachable(api.Name, upstream.Address, reason);
            context.Response.Clear();
        }

        return error;
    }

    private static bool NeverConnected(Exception? exception) =>
        exception is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError };
}
