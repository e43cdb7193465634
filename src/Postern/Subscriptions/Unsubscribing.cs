using System.ComponentModel;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Postern.Faults;
using Postern.Model;
using Postern.Model.Access;
using Postern.Operations;
using Postern.Ports;

namespace Postern.Subscriptions;

/// <summary>Removes subscriptions. The answer is sent when the removal is on disk: nothing is started after it.</summary>
internal sealed class Unsubscribing(IStore store, OwnSubscriptions own, ILogger logger)
{
    private const int Page = 500;

    public IReadOnlyList<Operation> Operations =>
    [
        new Operation
        {
            Id = "unsubscribe", Method = "POST", Scope = ScopeVerb.Subscribe, Path = "/{resource}/unsubscribe", Tag = Answers.Tag,
            Summary = "Unsubscribe by id or by callback URL",
            Description = "By `callback`, every subscription of yours to exactly this resource or record with that URL is removed. No callback is started after the 202.",
            Request = typeof(UnsubscribeRequest), RequestMediaTypes = RequestBody.Json, Handle = UnsubscribeAsync,
            Responses =
            [
                new(202, "Removed, and what they were still owed with them.", typeof(UnsubscribeAnswer)),
                Answers.NotFound, .. Answers.OfBody, .. Answers.Always,
            ],
        },
        new Operation
        {
            Id = "deleteSubscription", Method = "DELETE", Scope = ScopeVerb.Subscribe, Path = "/{resource}/subscriptions/{id}", Tag = Answers.Tag,
            Summary = "Remove a subscription", Handle = DeleteAsync,
            Responses = [new(204, "Removed."), Answers.NotFound, .. Answers.Always],
        },
    ];

    private async Task UnsubscribeAsync(HttpContext context)
    {
        var call = context.GatewayCall();
        var consumer = call.RequireConsumer();
        var (id, callback) = Read(await RequestBody.ReadObjectAsync(context, RequestBody.Json));
        var ids = id is not null
            ? [(await own.FindAsync(call, id, context.RequestAborted)).Id]
            : await FindByCallbackAsync(call, consumer, callback!, context.RequestAborted);

        var removed = await RemoveAsync(ids, context.RequestAborted);
        if (removed.Count == 0)
        {
            throw id is null ? Problems.NotFound("There is no subscription of yours at this path with this callback.") : OwnSubscriptions.Missing(id);
        }

        await context.Response.WriteAsync(202, new UnsubscribeAnswer([.. removed.Select(subscription => subscription.Id)]));
        CrashPoint.Reach(CrashPoints.UnsubscribeAfterAnswer);
    }

    private async Task DeleteAsync(HttpContext context)
    {
        var found = await own.FindAsync(context);
        if ((await RemoveAsync([found.Id], context.RequestAborted)).Count == 0)
        {
            throw OwnSubscriptions.Missing(found.Id);
        }

        context.Response.StatusCode = 204;
    }

    private async Task<List<string>> FindByCallbackAsync(GatewayCall call, Consumer consumer, string callback, CancellationToken cancellation)
    {
        var ids = new List<string>();
        // What was subscribed at a path is unsubscribed at that path.
        var query = new SubscriptionQuery
        {
            Consumer = consumer.Name, Resource = call.Resource, Key = call.Key, ThisPathOnly = true, Callback = callback, Limit = Page,
        };
        while (true)
        {
            var found = await store.ListSubscriptionsAsync(query, cancellation);
            ids.AddRange(found.Select(subscription => subscription.Id));
            if (found.Count < Page)
            {
                return ids;
            }

            query = query with { After = found[^1].Number };
        }
    }

    private async Task<IReadOnlyList<Subscription>> RemoveAsync(List<string> ids, CancellationToken cancellation)
    {
        if (ids.Count == 0)
        {
            return [];
        }

        CrashPoint.Reach(CrashPoints.UnsubscribeBeforeCommit);
        var removed = await store.RemoveSubscriptionsAsync(ids, cancellation);
        CrashPoint.Reach(CrashPoints.UnsubscribeAfterCommit);
        foreach (var subscription in removed)
        {
            logger.Unsubscribed(subscription.Consumer, subscription.Path, subscription.Id);
        }

        return removed;
    }

    private static (string? Id, string? Callback) Read(JsonElement body)
    {
        var errors = new FieldErrors();
        string? id = null, callback = null;
        foreach (var property in body.EnumerateObject())
        {
            if (property.Name is not ("id" or "callback"))
            {
                errors.Add(property.Name, "is not a field; there are id and callback.");
            }
            else if (property.Value.ValueKind != JsonValueKind.String)
            {
                errors.Add(property.Name, "must be a string.");
            }
            else if (property.Name == "id")
            {
                id = property.Value.GetString();
            }
            else
            {
                callback = property.Value.GetString();
            }
        }

        errors.Throw();
        return id is null == callback is null
            ? throw Problems.Invalid("id", "give either id or callback.")
            : (id, callback);
    }
}

[Description("Which subscriptions to remove: give one of the two.")]
internal sealed record UnsubscribeRequest
{
    [Description("Id of the subscription.")]
    public string? Id { get; init; }

    [Description("Callback URL, exactly as it was given.")]
    public string? Callback { get; init; }
}

[Description("What was removed.")]
internal sealed record UnsubscribeAnswer(
    [property: Description("Ids of the removed subscriptions.")] IReadOnlyList<string> Removed);
