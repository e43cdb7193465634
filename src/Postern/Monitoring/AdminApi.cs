using System.Globalization;
using Microsoft.AspNetCore.Http;
using Postern.Configuration;
using Postern.Model;
using Postern.Operations;
using Postern.Ports;

namespace Postern.Monitoring;

/// <summary>The reading calls of the admin API.</summary>
internal sealed class AdminApi(IStore store, EndpointBoard board, LiveConfiguration configuration)
{
    public async Task ListEvents(HttpContext context, CallQuery query)
    {
        var limit = query.Limit;
        var wanted = new EventQuery
        {
            Type = query.Text("type"), Source = query.Text("source"), Subject = query.Text("subject"), Before = query.After, Limit = limit + 1,
        };
        query.ThrowIfInvalid();
        var read = await store.ListEventsAsync(wanted, context.RequestAborted);
        await context.Response.WriteAsync(200, Page.Of(read, limit, stored => stored.Sequence, StoredEvent.Of));
    }

    public async Task ReadEvent(HttpContext context, string id)
    {
        var stored = await store.FindEventAsync(id, context.RequestAborted)
            ?? throw Problems.NotFound("There is no event with this id, or it is not kept any more.");
        await context.Response.WriteAsync(200, StoredEvent.WithData(stored));
    }

    public async Task ListSubscriptions(HttpContext context, CallQuery query)
    {
        var limit = query.Limit;
        var wanted = new SubscriptionQuery
        {
            Consumer = query.Text("consumer"), Resource = query.Text("resource"), Callback = query.Text("callback"),
            State = query.Choice<SubscriptionState>("state"), After = query.After ?? 0, Limit = limit + 1,
        };
        query.ThrowIfInvalid();
        var read = await store.ListSubscriptionsAsync(wanted, context.RequestAborted);
        await context.Response.WriteAsync(200, Page.Of(read, limit, subscription => subscription.Number, SubscriptionReport.Of));
    }

    public async Task ReadSubscription(HttpContext context, string id)
    {
        var subscription = await store.FindSubscriptionAsync(id, context.RequestAborted) ?? throw NoSubscription();
        await context.Response.WriteAsync(200, SubscriptionReport.Of(subscription));
    }

    public async Task ListCallbacks(HttpContext context, CallQuery query)
    {
        var limit = query.Limit;
        var after = Cursor(query);
        var state = query.Choice<CallbackState>("state");
        query.ThrowIfInvalid();
        var subscription = await SubscriptionNumberAsync(query, context.RequestAborted);
        var wanted = new CallbackQuery { State = state, Subscription = subscription, After = after, Limit = limit };
        var read = subscription == None ? new CallbackPage([], null) : await store.ListCallbacksAsync(wanted, context.RequestAborted);
        await context.Response.WriteAsync(
            200, new Page<OwedCallback> { Items = [.. read.Callbacks.Select(OwedCallback.Of)], Next = read.Next?.ToString() });
    }

    public async Task ListAttempts(HttpContext context, CallQuery query)
    {
        var limit = query.Limit;
        var before = query.After;
        var outcome = query.Choice<AttemptOutcome>("outcome");
        var eventId = query.Text("event");
        if (eventId is not null && !EventId.TryReadSequence(eventId, out _))
        {
            query.Wrong("event", "Must be the id of an event, `evt_…`.");
        }

        query.ThrowIfInvalid();
        var subscription = await SubscriptionNumberAsync(query, context.RequestAborted);
        long? sequence = eventId is null ? null : (await store.FindEventAsync(eventId, context.RequestAborted))?.Sequence ?? None;
        var wanted = new AttemptQuery { Subscription = subscription, Event = sequence, Outcome = outcome, Before = before, Limit = limit + 1 };
        var read = subscription == None || sequence == None ? [] : await store.ListAttemptsAsync(wanted, context.RequestAborted);
        await context.Response.WriteAsync(200, Page.Of(read, limit, entry => entry.Attempt.Number, AttemptReport.Of));
    }

    public Task ListEndpoints(HttpContext context, CallQuery query)
    {
        var (after, limit) = (query.Text("after"), query.Limit);
        query.ThrowIfInvalid();
        return context.Response.WriteAsync(200, Page.OfNames(board.Read().Select(EndpointReport.Of), entry => entry.Endpoint, after, limit));
    }

    public Task ReadConfiguration(HttpContext context) => context.Response.WriteAsync(200, ConfigurationReport.Of(configuration));

    private static CallbackCursor? Cursor(CallQuery query)
    {
        if (query.Text("after") is not { } text)
        {
            return null;
        }

        if (!CallbackCursor.TryParse(text, out var cursor))
        {
            query.Wrong("after", "Must be the `next` of the page before.");
        }

        return cursor;
    }

    internal static ProblemException NoSubscription() => Problems.NotFound("There is no subscription with this id.");

    // Numbers start at 1: this one stands for a filter that nothing can match.
    private const long None = 0;

    private async ValueTask<long?> SubscriptionNumberAsync(CallQuery query, CancellationToken cancellation) =>
        query.Text("subscription") is { } id ? (await store.FindSubscriptionAsync(id, cancellation))?.Number ?? None : null;
}
