using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Postern.Operations;
using Yarp.ReverseProxy.Forwarder;

namespace Postern.Gateway.Proxy;

/// <summary>Passes a call on to one of several addresses, to one that can be reached.</summary>
internal sealed class PoolForwarder(IHttpForwarder forwarder, UpstreamClient client, ILogger<PoolForwarder> logger)
{
    private static readonly ForwarderRequestConfig RequestConfig = new()
    {
        // Time without any byte in either direction.
        ActivityTimeout = TimeSpan.FromSeconds(100),
        Version = System.Net.HttpVersion.Version20,
        VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
    };

    /// <param name="name">What is behind the addresses, for the log.</param>
    /// <exception cref="ProblemException">Nothing of an answer has been passed on.</exception>
    public async Task SendAsync(HttpContext context, string name, UpstreamPool pool, ProxiedExchange exchange)
    {
        var gone = context.RequestAborted;
        var error = ForwarderError.NoAvailableDestinations;
        foreach (var upstream in pool.InOrder())
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

            if (IsReached(context, name, upstream, error))
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
    private bool IsReached(HttpContext context, string name, Upstream upstream, ForwarderError error)
    {
        var exception = error == ForwarderError.None ? null : context.GetForwarderErrorFeature()?.Exception;
        if (!NeverConnected(exception))
        {
            upstream.Reached();
            if (exception is not null && !context.RequestAborted.IsCancellationRequested)
            {
                logger.ForwardingFailed(name, upstream.Address, error, exception.GetBaseException().Message);
            }

            return true;
        }

        upstream.Unreachable();
        // The cause says it all; the way there is always the same.
        logger.UpstreamUnreachable(name, upstream.Address, exception!.GetBaseException().Message);
        context.Response.Clear();
        return false;
    }

    private static bool NeverConnected(Exception? exception) =>
        exception is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError };
}
