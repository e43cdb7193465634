using Microsoft.Net.Http.Headers;
using Postern.Gateway.Dispatch;
using Postern.Gateway.Proxy;
using Postern.Model.Resources;
using Postern.Operations;

namespace Postern.Gateway.Capture;

/// <summary>A call that makes an event when the API answers with success.</summary>
internal sealed class CapturedExchange(
    string method, ApiRoute api, RecordPath record, TraceContext trace, RequestTee? request, ClientPatience patience, CaptureStage stage, TimeProvider clock)
    : IDisposable
{
    /// <summary>
    /// Stages the event of a successful response before any of it goes to the client, and gives the response its body back.
    /// </summary>
    /// <returns>What the client gets in place of the response; null: the response.</returns>
    public async Task<ProblemException?> CompleteAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        var status = (int)response.StatusCode;
        if (status is < 200 or > 299)
        {
            return null;
        }

        var resource = api.ConfigurationOf(record);
        var body = await ReadBodyAsync(response, cancellation);
        var content = EventComposer.Compose(new Change
        {
            Type = EventNaming.TypeOf(method, status, record, resource, api.Name)!,
            Resource = record.Resource,
            Key = record.Key,
            KeyField = (resource ?? new()).KeyField,
            Location = response.Headers.NonValidated.TryGetValues(HeaderNames.Location, out var location) ? location.ToString() : null,
            Request = request?.Copied ?? default,
            Response = body,
            Data = api.Configuration.Capture.Data,
            Trace = trace,
            Time = clock.GetUtcNow(),
        });
        var refused = await stage.StageAsync(content, api.Name, api.Configuration.Capture.Mode);
        return refused ?? (body.Omitted == OmittedReason.Incomplete
            ? new ProblemException(Problems.Make(502, "bad-gateway", "The API's response was cut off", "The API has made this change, but its response did not come to its end."))
            : null);
    }

    public void Dispose()
    {
        patience.Dispose();
        request?.Dispose();
    }

    private async Task<CapturedBody> ReadBodyAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        var headers = response.Content.Headers;
        var type = headers.NonValidated.TryGetValues(HeaderNames.ContentType, out var values) ? values.ToString() : null;
        if (headers.ContentEncoding.Any(RequestTee.IsEncoded))
        {
            return new CapturedBody(default, type, OmittedReason.Encoding);
        }

        if (type?.StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase) == true)
        {
            return new CapturedBody(default, type, OmittedReason.Stream);
        }

        try
        {
            var stream = await response.Content.ReadAsStreamAsync(cancellation);
            var read = await BoundedRead.ReadAsync(stream, headers.ContentLength, api.Configuration.Capture.MaxBodyBytes, cancellation);
            response.Content = read.Replay();
            return new CapturedBody(read.Start, type, read.Rest is null ? null : OmittedReason.Size);
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException or OperationCanceledException)
        {
            // The API said that it succeeded before it broke off: the change is announced without its body.
            return new CapturedBody(default, type, OmittedReason.Incomplete);
        }
    }
}
