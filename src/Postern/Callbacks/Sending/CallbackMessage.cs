using System.Globalization;
using System.Net.Http.Headers;
using Postern.Egress;
using Postern.Model;
using Postern.Model.CloudEvents;

namespace Postern.Callbacks.Sending;

/// <summary>A callback on the wire: one event to one subscription. Every header is validated: <c>Add</c> refuses CR, LF and NUL.</summary>
internal static class CallbackMessage
{
    // Shared by all requests: the headers of a request are written, never changed.
    private static readonly MediaTypeHeaderValue PlainJson = new("application/json");
    private static readonly MediaTypeHeaderValue Structured = new(StructuredBody.MediaType, "utf-8");
    private static readonly MediaTypeHeaderValue Unknown = new("application/octet-stream");

    /// <param name="at">Start of the attempt: <c>webhook-timestamp</c>.</param>
    /// <param name="span">Random; the span of the attempt in the event's trace.</param>
    public static EgressRequest Create(Event @event, SubscriptionRuntime subscription, DateTimeOffset at, ulong span)
    {
        var request = new EgressRequest(HttpMethod.Post, subscription.Destination);
        var content = @event.Content;
        ReadOnlyMemory<byte> body;
        if (subscription.Mode == CallbackMode.Structured)
        {
            body = StructuredBody.Write(@event);
            request.Content = new ReadOnlyMemoryContent(body) { Headers = { ContentType = Structured } };
        }
        else
        {
            body = content.Data;
            request.Content = new ReadOnlyMemoryContent(body);
            request.Content.Headers.ContentType = ContentType(content);
            CallbackHeaders.AddAttributes(request.Headers, @event);
        }

        var headers = request.Headers;
        headers.Add("webhook-id", @event.Id);
        headers.Add("webhook-timestamp", at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        headers.Add("webhook-signature", Signature.Create(subscription.Keys, @event.Id, at, body.Span));
        headers.Add("traceparent", TraceParent.Continue(content.Extensions?.GetValueOrDefault("traceparent"), @event.Id, span));
        headers.UserAgent.Add(EgressAgent.Name);
        headers.Add(Hops.Header, (Hops.Of(content) + 1).ToString(CultureInfo.InvariantCulture));
        if (subscription.Origin is { } origin)
        {
            headers.Add("WebHook-Request-Origin", origin);
        }

        subscription.Delivery.AddTo(headers);
        return request;
    }

    // An event without a content type keeps none: adding one would change the event. One that no header can
    // carry, as the upstream may have sent it, would be refused when the request is written, and the endpoint blamed for it.
    private static MediaTypeHeaderValue? ContentType(EventContent content) => content.DataContentType switch
    {
        null => null,
        "application/json" => PlainJson,
        var other => AttributeRules.MediaType(other) is null && MediaTypeHeaderValue.TryParse(other, out var parsed) ? parsed : Unknown,
    };
}
