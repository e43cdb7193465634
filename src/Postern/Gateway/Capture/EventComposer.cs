using System.Text.Json;
using Postern.Configuration;
using Postern.Gateway.Proxy;
using Postern.Model;
using Postern.Model.CloudEvents;
using Postern.Operations;

namespace Postern.Gateway.Capture;

/// <summary>What is known of a change when the API has answered.</summary>
internal sealed record Change
{
    public required string Type { get; init; }

    public required string Resource { get; init; }

    /// <summary>Key in the path; null when it has none.</summary>
    public string? Key { get; init; }

    public required string KeyField { get; init; }

    public string? Location { get; init; }

    public required CapturedBody Request { get; init; }

    public required CapturedBody Response { get; init; }

    public required CaptureData Data { get; init; }

    public required TraceContext Trace { get; init; }

    public required DateTimeOffset Time { get; init; }
}

/// <summary>Makes the event of a change.</summary>
internal static class EventComposer
{
    private const string JsonType = "application/json";

    public static EventContent Compose(Change change)
    {
        var key = change.Key ?? RecordKey.FromLocation(change.Location, change.Resource) ?? KeyIn(change.Response, change) ?? KeyIn(change.Request, change);
        var body = change.Data switch
        {
            CaptureData.Response => change.Response.Exists ? change.Response : change.Request,
            CaptureData.Request => change.Request,
            CaptureData.None => default,
            _ => throw new InvalidOperationException($"No such source of data: {change.Data}."),
        };
        var shown = body.Omitted is null && !body.Bytes.IsEmpty;
        var content = new EventContent
        {
            Source = change.Resource,
            Type = change.Type,
            Subject = key,
            Time = change.Time,
            Data = shown ? body.Bytes : Reference(change.Resource, key),
            DataContentType = shown ? body.ContentType ?? "application/octet-stream" : JsonType,
            Extensions = Extensions(change.Trace, body.Omitted),
        };
        return Hops.Continue(content, change.Trace.Hops);
    }

    private static string? KeyIn(CapturedBody body, Change change) =>
        body.Omitted != OmittedReason.Encoding && RecordKey.IsJson(body.ContentType) ? RecordKey.FromJson(body.Bytes.Span, change.KeyField) : null;

    private static byte[] Reference(string resource, string? key) =>
        JsonSerializer.SerializeToUtf8Bytes(new RecordReference(resource, key), Json.Options);

    private static Dictionary<string, string> Extensions(TraceContext trace, string? omitted)
    {
        var extensions = new Dictionary<string, string>(StringComparer.Ordinal);
        trace.AddTo(extensions);
        if (omitted is not null)
        {
            extensions[OmittedReason.Attribute] = omitted;
        }

        return extensions;
    }
}

/// <summary>Data of an event that has no body to show: which record it is about.</summary>
internal sealed record RecordReference(string Resource, string? Key);
