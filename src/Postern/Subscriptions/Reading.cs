using Microsoft.AspNetCore.Http;
using Postern.Model.Access;
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
            Id = "listSubscriptions", Method = "GET", Scope = ScopeVerb.Read, Path = "/{resource}/subscriptions", Tag = Answers.Tag,
            Summary = "List your subscriptions to a resource and its records, or to one record",
            Query = CallQuery.Paging, Handle = ListAsync,
            Responses =
            [
                new(200, "A page of them, oldest first.", typeof(Page<SubscriptionView>)),
                Answers.Error(422, "The cursor or the limit is not valid."), .. Answers.Always,
            ],
        },
        new Operation
        {
            Id = "readSubscription", Method = "GET", Scope = ScopeVerb.Read, Path = "/{resource}/subscriptions/{id}", Tag = Answers.Tag,
            Summary = "Read a subscription", Handle = ReadAsync,
            Responses = [new(200, "The subscription, without its secret.", typeof(SubscriptionView)), Answers.NotFound, .. Answers.Always],
        },
    ];

    private async Task ListAsync(HttpContext context)
    {
        var call = context.GatewayCall();
        var consumer = call.RequireConsumer();
        var query = new CallQuery(context.Request.Query, CallQuery.Paging);
        var (after, limit) = (query.After, query.Limit);
        query.ThrowIfInvalid();
        var found = await store.ListSubscriptionsAsync(
            new SubscriptionQuery
            {
                Consumer = consumer.Name, Resource = call.Resource, Key = call.Key, After = after ?? 0, Limit = limit + 1,
            },
            context.RequestAborted);

        var now = time.GetUtcNow();
        await context.Response.WriteAsync(
            200, Page.Of(found, limit, subscription => subscription.Number, subscription => SubscriptionView.Of(subscription, now)));
    }

    private async Task ReadAsync(HttpContext context) =>
        await context.Response.WriteAsync(200, SubscriptionView.Of(await own.FindAsync(context), time.GetUtcNow()));
}
