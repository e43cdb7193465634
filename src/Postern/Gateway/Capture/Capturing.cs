using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Postern.Configuration;
using Postern.Gateway.Dispatch;
using Postern.Gateway.Pipeline;
using Postern.Gateway.Proxy;
using Postern.Model.Resources;

namespace Postern.Gateway.Capture;

/// <summary>Decides whether a call may make an event, and prepares it for that; every other call passes untouched.</summary>
internal sealed class Capturing(CaptureStage stage, TimeProvider clock)
{
    /// <summary>The capture of this call; null when it makes no event whatever the API answers.</summary>
    public CapturedExchange? Begin(HttpContext context, ApiRoute api, RequestPath path, TraceContext trace)
    {
        var request = context.Request;
        if (!EventNaming.Changes(request.Method) || IsRpc(request.ContentType) || OwnResources.Hold(path.Segments))
        {
            // At the gateway's own path a captured change would pass for something that the gateway says itself.
            return null;
        }

        var record = api.Resources.Match(path.Segments.AsSpan(api.Prefix.Length), lastIsKey: !HttpMethods.IsPost(request.Method));
        if (record is null || EventNaming.TypeOf(request.Method, StatusCodes.Status200OK, record, api.ConfigurationOf(record), api.Name) is null)
        {
            return null;
        }

        var patience = new ClientPatience(context, clock);
        return new CapturedExchange(request.Method, api, record, trace, Tee(context, api.Configuration.Capture), patience, stage, clock);
    }

    private static RequestTee? Tee(HttpContext context, CaptureConfiguration capture)
    {
        var request = context.Request;
        if (capture.Data == CaptureData.None || context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false })
        {
            return null;
        }

        var tee = new RequestTee(request.Body, request.ContentType, request.Headers.ContentEncoding, request.ContentLength, capture.MaxBodyBytes);
        request.Body = tee;
        return tee;
    }

    // gRPC makes every call a POST: its paths are methods, no resources.
    private static bool IsRpc(string? contentType) => contentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) == true;
}
