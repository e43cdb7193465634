using System.ComponentModel;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Postern.Model;
using Postern.Model.Access;
using Postern.Operations;
using Postern.Ports;

namespace Postern.Subscriptions;

/// <summary>Sends an event to one subscription alone, on the way every event goes, so that a consumer can try its endpoint.</summary>
internal sealed class Testing(IStore store, OwnSubscriptions own, TimeProvider time)
{
    public const string EventType = "postern.test";

    public IReadOnlyList<Operation> Operations =>
    [
        new Operation
        {
            Id = "testSubscription", Method = "POST", Scope = ScopeVerb.Subscribe, Path = "/{resource}/subscriptions/{id}/test", Tag = Answers.Tag,
            Summary = "Send a test event",
            Description = $"An event of type `{EventType}` goes to this subscription and to no other, whatever its events and filter. A paused one keeps it until it is resumed.",
            Handle = TestAsync,
            Responses =
            [
                new(202, "The event is stored and will be called back.", typeof(TestAnswer)),
                Answers.NotFound, Answers.Error(409, "The subscription has ended."), .. Answers.Always,
            ],
        },
    ];

    private async Task TestAsync(HttpContext context)
    {
        var found = await own.FindAsync(context);
        Ended.Refuse(found);
        var staged = await store.StageAsync([Make(found, time.GetUtcNow())], context.RequestAborted);
        await context.Response.WriteAsync(202, new TestAnswer(staged[0].Id));
    }

    private static EventContent Make(Subscription subscription, DateTimeOffset now) => new()
    {
        Source = subscription.Resource,
        Subject = subscription.Key,
        Type = EventType,
        Time = now,
        DataContentType = "application/json",
        Audience = [subscription.Consumer],
        Target = subscription.Number,
        Data = JsonSerializer.SerializeToUtf8Bytes(
            new TestEvent(subscription.Id, subscription.Resource, subscription.Key, "This is a test of your subscription."), Json.Options),
    };

    /// <summary>The data of a test event.</summary>
    private sealed record TestEvent(string Subscription, string Resource, string? Key, string Message);
}

[Description("The test event.")]
internal sealed record TestAnswer(
    [property: Description("Id of the event: `webhook-id` of its callback, and to be found in the attempts.")] string Event);
