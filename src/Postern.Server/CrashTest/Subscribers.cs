using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Postern.Server.CrashTest;

/// <summary>A subscription as its consumer knows it.</summary>
internal sealed record Subscribed(ushort Index, string Resource, string Id, string Consumer)
{
    public string Path => $"{Resource}/subscriptions/{Id}";
}

/// <summary>What a consumer wants.</summary>
internal sealed record Wish(EndpointKind Endpoint, int Classes)
{
    public string Resource { get; init; } = "/load";
    public string Consumer { get; init; } = NodeFiles.Consumers[0];

    /// <summary>Stays until the end and is owed everything.</summary>
    public bool Stays { get; init; } = true;

    public bool InOrder { get; init; }

    public bool Replays { get; init; }
}

/// <summary>The consumers: some subscriptions stay, others come, are paused, changed, replayed, and end, while the node is killed.</summary>
internal sealed class Subscribers(NodeFiles files, GatewayCaller gateway, Receiver receiver, Numbers numbers, Journal acknowledgements, Random random, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private readonly List<Subscribed> passing = [];
    private int used;

    /// <summary>The program knows subscriptions that keep an order.</summary>
    public bool KnowsOrder { get; private set; } = true;

    /// <summary>The one that stays and wants everything that is published.</summary>
    public ushort Everything { get; private set; }

    /// <summary>Those that stay.</summary>
    public async Task SubscribeAsync(CancellationToken stop)
    {
        Everything = (await SubscribeAsync(new Wish(EndpointKind.Steady, EventClass.All), stop)).Index;
        await SubscribeAsync(new Wish(EndpointKind.Steady, 0b1111) { Consumer = NodeFiles.Consumers[1] }, stop);
        await SubscribeAsync(new Wish(EndpointKind.Flaky, 0b11 << 4), stop);
        await SubscribeAsync(new Wish(EndpointKind.Slow, 1 << 6), stop);
        await SubscribeAsync(new Wish(EndpointKind.Hanging, 1 << 7), stop);
        await SubscribeAsync(new Wish(EndpointKind.Ordered, 0b1111 << 8) { Consumer = NodeFiles.Consumers[1], InOrder = true }, stop);
        await SubscribeAsync(new Wish(EndpointKind.Steady, EventClass.Captured) { Resource = "/things" }, stop);

        // Nothing happens there: its receiver is asked for its consent, whenever the node dies.
        await SubscribeAsync(new Wish(EndpointKind.Steady, EventClass.None) { Resource = "/proved/things" }, stop);
    }

    /// <summary>One whose receiver refuses everything, until its callbacks are dead.</summary>
    public Task<Subscribed> SubscribeRefusingAsync(CancellationToken stop) =>
        SubscribeAsync(new Wish(EndpointKind.Refusing, 1 << 16) { Stays = false }, stop);

    /// <summary>Those that come and go.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            for (var round = 0; ; round++)
            {
                var one = await SubscribeAsync(new Wish(EndpointKind.Passing, 0b11 << 12) { Stays = false, Replays = true }, stop);
                passing.Add(one);
                await Task.Delay(TimeSpan.FromMilliseconds(random.Next(50, 400)), time, stop);
                await InsistAsync(HttpMethod.Post, one.Path + "/pause", one, null, stop);
                await Task.Delay(TimeSpan.FromMilliseconds(random.Next(20, 200)), time, stop);
                await InsistAsync(HttpMethod.Patch, one.Path, one, """{"metadata":{"round":1}}""", stop);
                await InsistAsync(HttpMethod.Post, one.Path + "/resume", one, null, stop);
                if (receiver.LastId(one.Index) is { } id)
                {
                    await InsistAsync(HttpMethod.Post, one.Path + "/replay", one, $$"""{"events":["{{id}}"]}""", stop);
                }

                await Task.Delay(TimeSpan.FromMilliseconds(random.Next(50, 300)), time, stop);
                await EndAsync(one, byId: round % 2 == 0, stop);
                passing.Remove(one);
                if (round % 8 == 0)
                {
                    await SubscribeAsync(new Wish(EndpointKind.Gone, 1 << 14) { Stays = false }, stop);
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The load has ended.
        }
    }

    /// <summary>Ends what is left of those that come and go.</summary>
    public async Task EndAsync(CancellationToken stop)
    {
        foreach (var one in passing)
        {
            await EndAsync(one, byId: true, stop);
        }
    }

    private async Task<Subscribed> SubscribeAsync(Wish wish, CancellationToken stop)
    {
        while (true)
        {
            // A try whose answer never came may have made a subscription: the next try is another one, at an address of its own.
            var index = checked((ushort)used++);
            var key = new byte[32];
            random.NextBytes(key);
            receiver.Expect(index, key, isCounted: false);
            var body = Body(wish, index, key);
            Write(EntryKind.Subscribing, index, wish, numbers.Lowest);
            if (!wish.Stays)
            {
                Write(EntryKind.Unsubscribing, index, wish);
            }

            var answer = await gateway.CallAsync(HttpMethod.Post, wish.Resource + "/subscribe", body.ToJsonString(), consumer: wish.Consumer, cancellation: stop);
            if (answer is { Status: 201 } made)
            {
                receiver.Expect(index, key, isCounted: wish.Stays);
                Write(EntryKind.Subscribed, index, wish, numbers.Next);
                return new Subscribed(index, wish.Resource, JsonDocument.Parse(made.Body).RootElement.GetProperty("id").GetString()!, wish.Consumer);
            }

            if (answer is { Status: 422 } && wish.InOrder && KnowsOrder)
            {
                KnowsOrder = false;
            }
            else if (answer is { Status: >= 400 and < 500 } refused)
            {
                throw new CrashTestException($"The node refused a subscription with {refused.Status}: {refused.Body}");
            }

            await Task.Delay(Pause, time, stop);
        }
    }

    private JsonObject Body(Wish wish, ushort index, byte[] key)
    {
        var body = new JsonObject
        {
            ["callback"] = string.Create(CultureInfo.InvariantCulture, $"{files.Endpoints[(int)wish.Endpoint]}/s/{index}"),
            ["secret"] = "whsec_" + Convert.ToBase64String(key),
        };
        if (wish.Classes is not (EventClass.All or EventClass.Captured or EventClass.None))
        {
            body["events"] = new JsonArray([.. EventClass.Types(wish.Classes).Select(type => (JsonNode)type)]);
        }

        if (wish.Endpoint == EndpointKind.Refusing)
        {
            // One attempt: its callbacks die within the load, and nobody else's do.
            body["retry"] = new JsonObject { ["giveUpAfter"] = "0s" };
        }

        if (wish.InOrder && KnowsOrder)
        {
            body["order"] = "key";
        }

        return body;
    }

    private async Task EndAsync(Subscribed one, bool byId, CancellationToken stop)
    {
        Write(EntryKind.Unsubscribing, one.Index);
        if (byId)
        {
            await InsistAsync(HttpMethod.Post, one.Resource + "/unsubscribe", one, $$"""{"id":"{{one.Id}}"}""", stop);
        }
        else
        {
            await InsistAsync(HttpMethod.Delete, one.Path, one, null, stop);
        }

        acknowledgements.Add(new Entry { Kind = EntryKind.Unsubscribed, Subscription = one.Index, Value = time.GetUtcNow().ToUnixTimeSeconds() });
    }

    /// <summary>Until it is answered. A 404 or 409 says that an earlier try, whose answer was lost, has done it.</summary>
    private async Task InsistAsync(HttpMethod method, string path, Subscribed one, string? body, CancellationToken stop)
    {
        var type = method == HttpMethod.Patch ? "application/merge-patch+json" : "application/json";
        while (true)
        {
            switch (await gateway.CallAsync(method, path, body, type, one.Consumer, cancellation: stop))
            {
                case { IsSuccess: true } or { Status: 404 or 409 }:
                    return;
                case { Status: >= 400 and < 500 and not 429 } refused:
                    throw new CrashTestException($"{method} {path} was answered {refused.Status}: {refused.Body}");
                default:
                    await Task.Delay(Pause, time, stop);
                    break;
            }
        }
    }

    private void Write(EntryKind kind, ushort index, Wish wish, uint number = 0) => acknowledgements.Add(new Entry
    {
        Kind = kind,
        Subscription = index,
        Key = wish.Classes,
        Number = number,
        Id = (uint)wish.Endpoint,
        Marks = (wish.InOrder && KnowsOrder ? Marks.Ordered : Marks.None) | (wish.Replays ? Marks.Replayed : Marks.None),
    });

    private void Write(EntryKind kind, ushort index) => acknowledgements.Add(new Entry { Kind = kind, Subscription = index });
}

/// <summary>The run cannot go on; the message says why.</summary>
internal sealed class CrashTestException(string message) : Exception(message);
