using System.ComponentModel;
using System.Text.Json;
using Postern.Model;

namespace Postern.Monitoring;

[Description("An event of the log.")]
internal sealed record StoredEvent
{
    [Description("The gateway's own id, `evt_…`: `webhook-id` of its callbacks.")]
    public required string Id { get; init; }

    [Description("Place in the event log.")]
    public required long Sequence { get; init; }

    [Description("When the event was on disk.")]
    public required DateTimeOffset Staged { get; init; }

    [Description("The producer's `id`; missing for a captured change, whose `ce-id` is the gateway's own id.")]
    public string? ProducerId { get; init; }

    [Description("CloudEvents `source`.")]
    public required string Source { get; init; }

    [Description("CloudEvents `type`.")]
    public required string Type { get; init; }

    [Description("CloudEvents `subject`: the record's key.")]
    public string? Subject { get; init; }

    [Description("CloudEvents `time`.")]
    public required DateTimeOffset Time { get; init; }

    [Description("Media type of the data.")]
    public string? DataContentType { get; init; }

    [Description("CloudEvents `dataschema`.")]
    public string? DataSchema { get; init; }

    [Description("CloudEvents extension attributes.")]
    public IReadOnlyDictionary<string, string>? Extensions { get; init; }

    [Description("Names of the consumers it may be shown to; missing: everyone who may subscribe.")]
    public IReadOnlyList<string>? Audience { get; init; }

    [Description("Made by a subscription's `/test` call, and for that subscription alone.")]
    public bool Test { get; init; }

    [Description("Bytes of data.")]
    public required int DataBytes { get; init; }

    [Description("The data, when it is JSON. Only where one event is read.")]
    public JsonElement? Data { get; init; }

    [Description("The data's bytes in base64, when they are not JSON. Only where one event is read.")]
    public string? DataBase64 { get; init; }

    public static StoredEvent Of(Event stored) => new()
    {
        Id = stored.Id,
        Sequence = stored.Sequence,
        Staged = stored.Staged,
        ProducerId = stored.Content.ProducerId,
        Source = stored.Content.Source,
        Type = stored.Content.Type,
        Subject = stored.Content.Subject,
        Time = stored.Content.Time,
        DataContentType = stored.Content.DataContentType,
        DataSchema = stored.Content.DataSchema,
        Extensions = stored.Content.Extensions,
        Audience = stored.Content.Audience,
        Test = stored.Content.Target is not null,
        DataBytes = stored.Content.Data.Length,
    };

    /// <summary>With its data: as JSON where it is JSON, else in base64, as CloudEvents' JSON format does.</summary>
    public static StoredEvent WithData(Event stored)
    {
        var data = stored.Content.Data;
        var json = IsJson(stored.Content.DataContentType) ? InlineJson.TryRead(data) : null;
        return Of(stored) with
        {
            Data = json,
            DataBase64 = json is null && data.Length > 0 ? Convert.ToBase64String(data.Span) : null,
        };
    }

    // CloudEvents 1.0 §3.1.2: data without a content type is JSON.
    private static bool IsJson(string? contentType)
    {
        var media = contentType.AsSpan();
        var end = media.IndexOf(';');
        media = (end < 0 ? media : media[..end]).Trim();
        return media.IsEmpty || media.EndsWith("/json", StringComparison.OrdinalIgnoreCase) || media.EndsWith("+json", StringComparison.OrdinalIgnoreCase);
    }
}
