using Microsoft.AspNetCore.Http;
using Postern.Operations;
using Postern.Ports;

namespace Postern.Subscriptions;

/// <summary>Shows subscriptions to their owner.</summary>
internal sealed class Reading(IStore store, OwnSubscriptions own, TimeProvider time)
{
    public IReadOnlyList<Operation> Operations =>
    [
        new Operation
        {
            Id = "listSubscriptions", Method = "GET", Path = "/{resource}/subscriptions", Tag = Answers.Tag,
            Summary = "List your subscriptions to a resource and its records, or to one record",
            Query = PageRequest.Query, Handle = ListAsync,
            Responses =
            [
                new(200, "A page of them, oldest first.", typeof(SubscriptionPage)),
                Answers.Error(422, "The cursor or the limit is not valid."), .. Answers.Always,
            ],
        },
        new Operation
        {
            Id = "readSubscription", Method = "GET", Path = "/{resource}/subscriptions/{id}", Tag = Answers.Tag,
            Summary = "Read a subscription", Handle = ReadAsync,
            Responses = [new(200, "The subscription, without its secret.", typeof(SubscriptionView)), Answers.NotFound, .. Answers.Always],
        },
    ];

    private async Task ListAsync(HttpContext context)
    {
        var call = context.GatewayCall();
        var consumer = call.RequireConsumer();
        var page = PageRequest.Read(context);
        var found = await store.ListSubscriptionsAsync(
            new SubscriptionQuery
            {
                Consumer = consumer.Name, Resource = call.Resource, Key = call.Key, After = page.After ?? 0, Limit = page.Limit + 1,
            },
            context.RequestAborted);

        var now = time.GetUtcNow();
        var (items, next) = page.Cut(found, subscription => subscription.Number);
        await context.Response.WriteAsync(
            200, new SubscriptionPage { Items = [.. items.Select(subscription => SubscriptionView.Of(subscription, now))], Next = next });
    }

    private async Task ReadAsync(HttpContext context) =>
        await context.Response.WriteAsync(200, SubscriptionView.Of(await own.FindAsync(context), time.GetUtcNow()));
}
