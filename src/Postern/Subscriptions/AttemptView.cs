using System.ComponentModel;
using System.Text;
using System.Text.Json.Serialization;
using System.Text.Unicode;
using Postern.Model;

namespace Postern.Subscriptions;

[Description("One try to call back.")]
internal sealed record AttemptView
{
    [Description("When it started.")]
    public required DateTimeOffset At { get; init; }

    [Description("Id of the event, `webhook-id` of the callback.")]
    public required string Event { get; init; }

    [Description("Type of the event.")]
    public required string EventType { get; init; }

    [Description("1 for the first try of the callback.")]
    public required int Ordinal { get; init; }

    [Description("`delivered`: a 2xx; `retry`: failed, due again; `dead`: failed for the last time; `gone`: 410, the subscription has ended.")]
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

    public static AttemptView Of(AttemptEntry entry)
    {
        var body = entry.Attempt.Response.Span;
        var text = TextOf(body);
        return new AttemptView
        {
            At = entry.Attempt.At,
            Event = entry.EventId,
            EventType = entry.EventType,
            Ordinal = entry.Ordinal,
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

[Description("One page of attempts, newest first.")]
internal sealed record AttemptPage
{
    [Description("The entries of this page.")]
    public required IReadOnlyList<AttemptView> Items { get; init; }

    [Description("Give it as `after` to get the next page; null on the last page.")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required string? Next { get; init; }
}
