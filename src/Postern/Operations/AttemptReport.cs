using System.ComponentModel;
using System.Text;
using System.Text.Unicode;
using Postern.Model;

namespace Postern.Operations;

/// <summary>An attempt as the gateway shows it to its consumer and the admin port to the operator.</summary>
[Description("One try of a callback.")]
internal sealed record AttemptReport
{
    [Description("Place in the history of attempts.")]
    public required long Number { get; init; }

    [Description("Id of the callback.")]
    public required string Callback { get; init; }

    [Description("1 for the first try of the callback.")]
    public required int Ordinal { get; init; }

    [Description("Id of the event, `webhook-id` of the callback; missing when the event is not kept any more.")]
    public string? Event { get; init; }

    [Description("Type of the event; missing when the event is not kept any more.")]
    public string? EventType { get; init; }

    [Description("Id of the subscription; missing when it was removed.")]
    public string? Subscription { get; init; }

    [Description("When it started.")]
    public required DateTimeOffset At { get; init; }

    [Description("`delivered`: a 2xx; `retry`: failed, due again; `dead`: failed for the last time; `gone`: 410, the subscription has ended; `withheld`: nothing was sent, the API does not let the consumer read the record.")]
    public required AttemptOutcome Outcome { get; init; }

    [Description("Status of the response; missing when there was none.")]
    public int? Status { get; init; }

    [Description("Milliseconds from the start of the try to the end of the response.")]
    public required double DurationMs { get; init; }

    [Description("What went wrong; missing when delivered.")]
    public string? Error { get; init; }

    [Description("The address that was dialled; missing when none was.")]
    public string? Address { get; init; }

    [Description("The first 4 KiB of the response's body, when it is text.")]
    public string? Response { get; init; }

    [Description("The first 4 KiB of the response's body in base64, when it is not text.")]
    public string? ResponseBase64 { get; init; }

    public static AttemptReport Of(AttemptEntry entry)
    {
        var body = entry.Attempt.Response.Span;
        var text = TextOf(body);
        return new AttemptReport
        {
            Number = entry.Attempt.Number,
            Callback = CallbackId.Format(entry.Callback),
            Ordinal = entry.Ordinal,
            Event = entry.EventId,
            EventType = entry.EventType,
            Subscription = entry.SubscriptionId,
            At = entry.Attempt.At,
            Outcome = entry.Attempt.Outcome,
            Status = entry.Attempt.Status,
            DurationMs = entry.Attempt.Duration.TotalMilliseconds,
            Error = entry.Attempt.Error,
            Address = entry.Attempt.Address,
            Response = body.IsEmpty ? null : text,
            ResponseBase64 = text is null ? Convert.ToBase64String(body) : null,
        };
    }

    // The cut at 4 KiB may fall into a character: up to three bytes at the end are left out.
    private static string? TextOf(ReadOnlySpan<byte> bytes)
    {
        for (var cut = 0; cut <= Math.Min(3, bytes.Length); cut++)
        {
            if (Utf8.IsValid(bytes[..^cut]))
            {
                return Encoding.UTF8.GetString(bytes[..^cut]);
            }
        }

        return null;
    }
}
