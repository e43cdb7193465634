using System.ComponentModel;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Postern.Model;
using Postern.Operations;
using Postern.Ports;

namespace Postern.Subscriptions;

/// <summary>Owes a subscription events again: ones the consumer names, or all whose callbacks were given up.</summary>
internal sealed class Replaying(IStore store, OwnSubscriptions own, IHub hub)
{
    public const int MaxEvents = 500;

    /// <summary>Dead callbacks revived by one call. Bounded: an endpoint that is still down could bury them as fast as they come back.</summary>
    public const int MaxDead = 10_000;

    private const int Batch = 1_000;

    public IReadOnlyList<Operation> Operations =>
    [
        new Operation
        {
            Id = "replaySubscription", Method = "POST", Path = "/{resource}/subscriptions/{id}/replay", Tag = Answers.Tag,
            Summary = "Send events again",
            Description = """
                `events`: those events, whether they were delivered or not; `dead`: all whose callbacks were given up, at most
                10,000 in one call. `webhook-id` is the same as the first time. Either all named events are sent again, or none.
                """,
            Request = typeof(ReplayRequest), RequestMediaTypes = RequestBody.Json, Handle = ReplayAsync,
            Responses =
            [
                new(202, "They are owed again, due now.", typeof(ReplayAnswer)),
                Answers.NotFound, Answers.Error(409, "The subscription has ended."), .. Answers.OfBody, .. Answers.Always,
            ],
        },
    ];

    private async Task ReplayAsync(HttpContext context)
    {
        var found = await own.FindAsync(context);
        var ids = ReplayRequest.Read(await RequestBody.ReadObjectAsync(context, RequestBody.Json));
        Ended.Refuse(found);
        await context.Response.WriteAsync(202, ids is null
            ? await ReviveAsync(found, context.RequestAborted)
            : await ReplayEventsAsync(context.GatewayCall(), found, ids, context.RequestAborted));
    }

    private async Task<ReplayAnswer> ReplayEventsAsync(GatewayCall call, Subscription subscription, IReadOnlyList<string> ids, CancellationToken cancellation)
    {
        var errors = new FieldErrors();
        var sequences = new List<long>(ids.Count);
        for (var index = 0; index < ids.Count; index++)
        {
            if (await store.FindEventAsync(ids[index], cancellation) is { } found && EventVisibility.MaySee(subscription, found.Content, call))
            {
                sequences.Add(found.Sequence);
            }
            else
            {
                errors.Add(string.Create(CultureInfo.InvariantCulture, $"events[{index}]"), $"there is no event {ids[index]} for this subscription, or it is not kept any more.");
            }
        }

        errors.Throw();
        var due = await store.ReplayAsync(subscription.Number, [.. sequences.Distinct()], cancellation)
            ?? throw OwnSubscriptions.Missing(subscription.Id);

        // They are committed: a caller who hangs up must not keep them from the hub.
        await hub.PublishAsync(due, CancellationToken.None);
        return new ReplayAnswer(due.Count, More: false);
    }

    private async Task<ReplayAnswer> ReviveAsync(Subscription subscription, CancellationToken cancellation)
    {
        var count = 0;
        while (count < MaxDead)
        {
            var revived = await store.ReviveAsync(subscription.Number, Batch, cancellation);
            await hub.PublishAsync(revived.Due, CancellationToken.None);
            count += revived.Count;
            if (revived.Count < Batch)
            {
                return new ReplayAnswer(count, More: false);
            }
        }

        return new ReplayAnswer(count, More: true);
    }
}

[Description("What to send again: give one of the two.")]
internal sealed record ReplayRequest
{
    [Description("Ids of events (`evt_…`), at most 500.")]
    public IReadOnlyList<string>? Events { get; init; }

    [Description("true: all whose callbacks were given up.")]
    public bool? Dead { get; init; }

    /// <summary>The named events; null for all dead ones.</summary>
    internal static IReadOnlyList<string>? Read(JsonElement body)
    {
        var errors = new FieldErrors();
        List<string>? events = null;
        var dead = false;
        foreach (var property in body.EnumerateObject())
        {
            switch (property.Name)
            {
                case "events":
                    events = [.. Strings(property.Value)];
                    if (events.Count is 0 or > Replaying.MaxEvents)
                    {
                        errors.Add("events", $"must be an array of 1 to {Replaying.MaxEvents} event ids (evt_…).");
                    }

                    break;
                case "dead":
                    dead = property.Value.ValueKind == JsonValueKind.True;
                    if (property.Value.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
                    {
                        errors.Add("dead", "must be true or false.");
                    }

                    break;
                default:
                    errors.Add(property.Name, "is not a field; there are events and dead.");
                    break;
            }
        }

        errors.Throw();
        return events is null != dead ? throw Problems.Invalid("events", "give either events or \"dead\": true.") : events;
    }

    // Anything but an array of strings counts as an empty one, which is refused.
    private static IEnumerable<string> Strings(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
            ? value.EnumerateArray().Select(item => item.GetString()!)
            : [];
}

[Description("What will be sent again.")]
internal sealed record ReplayAnswer(
    [property: Description("Callbacks that are owed again.")] int Count,
    [property: Description("true when there are more dead ones: call again.")] bool More);
