using System.ComponentModel;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Postern.Operations;
using Postern.Ports;

namespace Postern.Monitoring;

/// <summary>Takes orders to erase down, and shows their reports; the retention role carries them out.</summary>
internal sealed class AdminErase(IStore store)
{
    private const long MostBytes = 64 * 1024;

    public async Task Order(HttpContext context)
    {
        var order = Check(await ReadAsync(context));

        // Not cancelled when the caller hangs up: who asked for it must not have to ask whether it was taken.
        var erasure = await store.OrderErasureAsync(order, CancellationToken.None);
        context.Response.Headers.Location = $"/api/erase/{erasure.Id}";
        await context.Response.WriteAsync(202, ErasureReport.Of(erasure));
    }

    public async Task Read(HttpContext context, string id)
    {
        var erasure = await store.FindErasureAsync(id, context.RequestAborted)
            ?? throw Problems.NotFound("There is no erasure with this id, or its report is not kept any more.");
        await context.Response.WriteAsync(200, ErasureReport.Of(erasure));
    }

    private static async Task<EraseRequest> ReadAsync(HttpContext context)
    {
        if (context.Request.ContentLength > MostBytes)
        {
            throw Problems.TooLarge($"The body of this call may have {MostBytes} bytes.");
        }

        try
        {
            return await JsonSerializer.DeserializeAsync<EraseRequest>(context.Request.Body, Json.Options, context.RequestAborted)
                ?? throw Problems.Malformed("The body must be a JSON object.");
        }
        catch (JsonException exception)
        {
            throw Problems.Malformed($"The body must be a JSON object with subject, source or consumer: {exception.Message}");
        }
    }

    private static ErasureOrder Check(EraseRequest request) => request switch
    {
        { Subject: "" or { Length: > 4096 } } => throw Problems.Invalid("subject", "must have 1 to 4096 characters."),
        { Consumer: "" } => throw Problems.Invalid("consumer", "must not be empty."),
        { Subject: null, Consumer: null } or { Subject: not null, Consumer: not null } =>
            throw Problems.Invalid("subject", "give one of subject and consumer: whose data is to be erased."),
        { Subject: null, Source: not null } => throw Problems.Invalid("source", "goes with a subject only."),
        _ => new ErasureOrder(request.Subject, request.Source, request.Consumer),
    };
}

[Description("Whose data is to be erased: one of `subject` and `consumer`.")]
internal sealed record EraseRequest
{
    [Description("The `subject` of events, the key of a record: `42`.")]
    public string? Subject { get; init; }

    [Description("Only those events of the subject with exactly this `source`: `/orders`.")]
    public string? Source { get; init; }

    [Description("Name of a consumer, configured or not any more.")]
    public string? Consumer { get; init; }
}

[Description("What an erasure has erased so far. Whom it was about is not in it.")]
internal sealed record ErasureReport
{
    [Description("`ers_…`")]
    public required string Id { get; init; }

    [Description("When it was asked for.")]
    public required DateTimeOffset Requested { get; init; }

    [Description("When the last of it was gone from the disk; missing while it goes on.")]
    public DateTimeOffset? Finished { get; init; }

    [Description("Events.")]
    public required long Events { get; init; }

    [Description("Callbacks that were owed, parked or dead; they are not sent any more.")]
    public required long Callbacks { get; init; }

    [Description("Attempts of the history.")]
    public required long Attempts { get; init; }

    [Description("Subscriptions.")]
    public required long Subscriptions { get; init; }

    [Description("Answers kept for idempotency keys.")]
    public required long Answers { get; init; }

    public static ErasureReport Of(Erasure erasure) => new()
    {
        Id = erasure.Id,
        Requested = erasure.Requested,
        Finished = erasure.Finished,
        Events = erasure.Events,
        Callbacks = erasure.Callbacks,
        Attempts = erasure.Attempts,
        Subscriptions = erasure.Subscriptions,
        Answers = erasure.Answers,
    };
}
