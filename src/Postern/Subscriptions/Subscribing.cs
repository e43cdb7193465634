using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Postern.Configuration;
using Postern.Egress;
using Postern.Egress.Delivery;
using Postern.Faults;
using Postern.Model;
using Postern.Model.Access;
using Postern.Operations;
using Postern.Operations.Idempotency;
using Postern.Ports;

namespace Postern.Subscriptions;

/// <summary>Makes subscriptions.</summary>
internal sealed class Subscribing(
    IStore store, IdempotentCalls repeatable, SecretProtector protector, SubscriptionTerms terms, TimeProvider time, ILogger logger)
{
    private const int Page = 100;

    // Two equal calls at the same moment: the second is asked when the first one stands. Different ones rarely share a turn.
    private readonly SemaphoreSlim[] turns = [.. Enumerable.Range(0, 64).Select(static _ => new SemaphoreSlim(1, 1))];

    public IReadOnlyList<Operation> Operations =>
    [
        new Operation
        {
            Id = "subscribe", Method = "POST", Scope = ScopeVerb.Subscribe, Path = "/{resource}/subscribe", Tag = Answers.Tag, Subscribes = true,
            Summary = "Subscribe to a resource, or to one record of it",
            Description = """
                From the answer on, every event at the path and below it that passes `events` and `filter` is called back. Where the API
                wants a proof first that the receiver at the URL consents, the subscription is `pending`: its callbacks are kept until then.
                The same URL may be subscribed more than once, with other events or another filter. A subscription that equals
                one you have in everything (callback, events, filter, mode, metadata, order, retry, delivery) and has not ended is a 409 that names it:
                its secret is not shown again; use /rotate-secret when you lost it.
                """,
            Headers = [IdempotentCalls.Parameter],
            Request = typeof(SubscribeRequest), RequestMediaTypes = RequestBody.Json, Handle = SubscribeAsync,
            Responses =
            [
                new(201, "The subscription, with its secret: keep it, it is not shown again. `Location` is its address.", typeof(SubscriptionView)),
                Answers.Error(403, "You have as many subscriptions as you may have, or the API does not let you read what you subscribe to."),
                Answers.Error(409, "You have this very subscription, or the first call with this Idempotency-Key is under way."),
                .. Answers.OfBody, .. Answers.Always,
            ],
        },
    ];

    private async Task SubscribeAsync(HttpContext context)
    {
        var call = context.GatewayCall();
        var consumer = call.RequireConsumer();
        var bytes = await RequestBody.ReadAsync(context);
        using var turn = await repeatable.BeginAsync(context, consumer, "subscribe", bytes);
        if (turn?.Earlier is { } earlier)
        {
            await earlier.WriteAsync(context.Response, repeated: true);
            return;
        }

        var body = RequestBody.ReadObject(context, bytes, RequestBody.Json);
        var fields = SubscriptionFieldsParser.ReadNew(body, EventTypes.Of(call), call.Configuration, ResourcePath.Of(call.Resource, call.Key));

        await terms.ReadRight.RequireAsync(call, consumer);

        var id = SubscriptionId.Create();
        var now = time.GetUtcNow();
        var secret = fields.Secret ?? SigningSecret.Create();
        var shared = await terms.Proofs.FindAsync(consumer.Name, ResourcePath.Of(call.Resource, call.Key), fields.Callback!, call.Configuration, context.RequestAborted);
        var wanted = Ownership.Activate(new Subscription
        {
            Id = id,
            Consumer = consumer.Name,
            Resource = call.Resource,
            Key = call.Key,
            Callback = fields.Callback!,
            Events = fields.Events,
            Filter = fields.Filter,
            Mode = fields.Mode,
            Metadata = fields.Metadata,
            Order = fields.Order,
            Retry = fields.Retry,
            Delivery = fields.Delivery?.Seal(id, protector).OrNull(),
            Created = DateTimeOffset.FromUnixTimeMilliseconds(now.ToUnixTimeMilliseconds()),
            Secrets = [protector.Seal(id, secret, expires: null)],
        }, call.Configuration, now, shared);
        CallAnswer? answer = null;
        CallAnswer Answer(Subscription added) => answer =
            CallAnswer.Of(201, AddressOf(call, added.Id), SubscriptionView.Of(added, now) with { Secret = SigningSecret.Format(secret) });
        CrashPoint.Reach(CrashPoints.SubscribeBeforeCommit);
        // A consumer that is removed while this call is under way must not leave a subscription behind, nor to the next one of its name.
        var ownerSince = call.Configuration.Consumers.GetValueOrDefault(consumer.Name)?.StoredSince;
        var outcome = await AddOnceAsync(
            wanted, fields.Secret,
            async cancellation =>
            {
                using var place = await terms.Quota.TakeAsync(call, id, cancellation);
                return turn is null
                    ? new Answered<Subscription>(await store.AddSubscriptionAsync(wanted, ownerSince, cancellation), null)
                    : await store.AddSubscriptionAsync(wanted, ownerSince, turn.Call, added => turn.Seal(Answer(added)), cancellation);
            },
            context.RequestAborted);
        if (outcome.Earlier is { } kept)
        {
            await turn!.Open(kept).WriteAsync(context.Response, repeated: true);
            return;
        }

        CrashPoint.Reach(CrashPoints.SubscribeAfterCommit);
        var added = outcome.Result!;
        logger.Subscribed(consumer.Name, added.Path, added.Id);
        await (answer ?? Answer(added)).WriteAsync(context.Response, repeated: false);
        CrashPoint.Reach(CrashPoints.SubscribeAfterAnswer);
    }

    private async Task<Answered<Subscription>> AddOnceAsync(
        Subscription wanted, byte[]? ownSecret, Func<CancellationToken, Task<Answered<Subscription>>> add, CancellationToken cancellation)
    {
        var turn = turns[(uint)HashCode.Combine(wanted.Consumer, wanted.Path, wanted.Callback) % (uint)turns.Length];
        await turn.WaitAsync(cancellation);
        try
        {
            return await FindTwinAsync(wanted, ownSecret, cancellation) is { } twin
                ? throw Problems.Conflict($"You have this very subscription: {twin.Id}. Change that one, or lose it with unsubscribe.")
                : await add(cancellation);
        }
        catch (ConsumerRemovedException)
        {
            throw Problems.Unauthenticated("Your consumer was removed while the call was under way: nothing of it was kept.");
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>One that differs in nothing, so that a program that subscribes at each start does not get every event twice.</summary>
    private async Task<Subscription?> FindTwinAsync(Subscription wanted, byte[]? ownSecret, CancellationToken cancellation)
    {
        var query = new SubscriptionQuery
        {
            Consumer = wanted.Consumer, Resource = wanted.Resource, Key = wanted.Key, ThisPathOnly = true,
            Callback = wanted.Callback, Limit = Page,
        };
        while (true)
        {
            var found = await store.ListSubscriptionsAsync(query, cancellation);
            if (found.FirstOrDefault(existing => AreTwins(existing, wanted) && HasSecret(existing, ownSecret) && protector.AreAlike(existing, wanted)) is { } twin)
            {
                return twin;
            }

            if (found.Count < Page)
            {
                return null;
            }

            query = query with { After = found[^1].Number };
        }
    }

    internal static bool AreTwins(Subscription existing, Subscription wanted) =>
        !Ended.Is(existing)
        && existing.Mode == wanted.Mode
        && existing.Order == wanted.Order
        && RetryView.AreSame(existing.Retry, wanted.Retry)
        && existing.Events.ToHashSet(StringComparer.Ordinal).SetEquals(wanted.Events)
        && AreSameJson(existing.Filter, wanted.Filter)
        && AreSameJson(existing.Metadata, wanted.Metadata);

    private bool HasSecret(Subscription existing, byte[]? ownSecret) =>
        ownSecret is null || CryptographicOperations.FixedTimeEquals(protector.Open(existing.Id, existing.Secrets[0]), ownSecret);

    private static bool AreSameJson(string? one, string? other) => one is null || other is null
        ? one == other
        : JsonElement.DeepEquals(JsonElement.Parse(one), JsonElement.Parse(other));

    private static string AddressOf(GatewayCall call, string id)
    {
        var word = call.Api is { } api && call.Configuration.Apis.TryGetValue(api, out var configured) ? configured.Words.Subscriptions : "subscriptions";
        var resource = call.Resource == "/" ? "" : new PathString(call.Resource).ToUriComponent();
        return $"{resource}/{word}/{id}";
    }
}
