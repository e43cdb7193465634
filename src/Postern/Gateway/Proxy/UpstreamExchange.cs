using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Postern.Gateway.Capture;
using Postern.Gateway.Dispatch;
using Postern.Gateway.Identity;
using Postern.Operations;

namespace Postern.Gateway.Proxy;

/// <summary>One request to an API and its response: who calls, what traces it, the API's own headers, and capture.</summary>
internal sealed class UpstreamExchange(ApiRoute api, string target, TraceContext trace, GatewayCall call, CapturedExchange? capture) : ProxiedExchange(target, call)
{
    private readonly GatewayCall call = call;

    public override async ValueTask TransformRequestAsync(
        HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);

        var headers = proxyRequest.Headers;
        headers.Host = null;
        if (api.ForwardedPrefix is { } prefix)
        {
            headers.Add("X-Forwarded-Prefix", prefix);
        }

        IdentityHeaders.Add(headers, call);
        headers.Remove(HeaderNames.TraceParent);
        headers.Remove(HeaderNames.TraceState);
        headers.Add(HeaderNames.TraceParent, trace.Parent);
        if (trace.State is not null)
        {
            headers.Add(HeaderNames.TraceState, trace.State);
        }

        if (capture is not null)
        {
            // An encoded body could not be shown to every consumer: ask for a plain one.
            headers.Remove(HeaderNames.AcceptEncoding);
            headers.Add(HeaderNames.AcceptEncoding, "identity");
        }
    }

    public override async ValueTask<bool> TransformResponseAsync(HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        if (!await base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken))
        {
            return false;
        }

        if (capture is not null)
        {
            Failure = await capture.CompleteAsync(proxyResponse!, cancellationToken);
            if (Failure is not null)
            {
                return false;
            }
        }

        var headers = httpContext.Response.Headers;
        foreach (var (name, value) in api.AnswerHeaders)
        {
            if (!headers.ContainsKey(name))
            {
                headers[name] = value;
            }
        }

        if (IsConversation(proxyResponse!.Content.Headers.ContentType?.MediaType))
        {
            // The stream may be silent for long: its reader wants to know that it stands.
            await httpContext.Response.Body.FlushAsync(cancellationToken);
        }

        return true;
    }

    // Events come when there are any, and a gRPC client may wait for the head before it says the first word.
    private static bool IsConversation(string? mediaType) =>
        mediaType is "text/event-stream" || mediaType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) == true;
}
