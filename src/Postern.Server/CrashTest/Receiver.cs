using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Postern.Server.CrashTest;

/// <summary>Takes the callbacks, verifies each, answers as its endpoint does, and writes down what it got. It is also the API behind the node.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly Dictionary<int, EndpointKind> kinds;
    private readonly int upstream;
    private readonly Journal receipts;
    private readonly TimeProvider time;
    private readonly long started;
    private readonly ConcurrentDictionary<ushort, ReceivingSubscription> subscriptions = new();
    private readonly WebApplication application;
    private readonly OpenConnections connections;
    private long received;
    private readonly CancellationTokenSource healing = new();
    private TaskCompletionSource<long> firstDelivery = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Receiver(NodeFiles files, Journal receipts, TimeProvider time)
    {
        (this.receipts, this.time) = (receipts, time);
        kinds = files.Endpoints.Select((address, index) => (new Uri(address).Port, (EndpointKind)index)).ToDictionary(one => one.Port, one => one.Item2);
        upstream = new Uri(files.Upstream).Port;
        started = time.GetTimestamp();
        connections = new OpenConnections([.. files.Endpoints, files.Upstream], time);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls([.. files.Endpoints, files.Upstream]).ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.ConfigureEndpointDefaults(listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                listen.Use(connections.Follow);
            });
        });
        application = builder.Build();
        application.Run(HandleAsync);
    }

    /// <summary>Callbacks that came, whatever was answered.</summary>
    public long Received => Interlocked.Read(ref received);

    /// <summary>Different events that were delivered to all subscriptions which are counted.</summary>
    public long Delivered => subscriptions.Values.Where(one => one.IsCounted).Sum(one => one.Delivered);

    /// <summary>Completes with the time (<see cref="TimeProvider.GetTimestamp"/>) of the first callback since it was last awaited.</summary>
    public Task<long> FirstDelivery => firstDelivery.Task;

    public static async Task<Receiver> StartAsync(NodeFiles files, Journal receipts, TimeProvider time, CancellationToken cancellation)
    {
        var receiver = new Receiver(files, receipts, time);
        await receiver.application.StartAsync(cancellation);
        return receiver;
    }

    /// <summary>A subscription is about to be made: its callbacks are signed with this key.</summary>
    public void Expect(ushort subscription, byte[] key, bool isCounted) => subscriptions[subscription] = new ReceivingSubscription(key, isCounted);

    public long DeliveredTo(ushort subscription) => subscriptions.TryGetValue(subscription, out var found) ? found.Delivered : 0;

    /// <summary>The ids of events that a subscription has got, newest last: what can be asked for again.</summary>
    public string? LastId(ushort subscription) => subscriptions.TryGetValue(subscription, out var found) ? found.LastId : null;

    /// <summary>From now on <see cref="FirstDelivery"/> waits for a new one.</summary>
    public void AwaitFirstDelivery() => firstDelivery = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Waits until everything that a dead node has sent is written down. No other may be started meanwhile.</summary>
    public Task RestAsync() => connections.AllClosedAsync();

    /// <summary>Every endpoint takes everything from now on.</summary>
    public void Heal() => healing.Cancel();

    public async ValueTask DisposeAsync()
    {
        await application.DisposeAsync();
        healing.Dispose();
    }

    private async Task HandleAsync(HttpContext context)
    {
        using var buffer = new MemoryStream(512);
        await context.Request.Body.CopyToAsync(buffer);
        var port = context.Connection.LocalPort;
        if (port == upstream)
        {
            // The API: it makes what it is asked to make, and answers with it.
            context.Response.StatusCode = 201;
            context.Response.ContentType = "application/json";
            await context.Response.Body.WriteAsync(buffer.GetBuffer().AsMemory(0, (int)buffer.Length));
            return;
        }

        if (context.Request.Query["hub.challenge"] is [{ } challenge])
        {
            await context.Response.WriteAsync(challenge);
            return;
        }

        var receipt = Read(context.Request, buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
        var subscription = subscriptions.GetValueOrDefault(receipt.Subscription);
        var first = subscription?.See(receipt.Number) ?? true;
        var (status, delay) = healing.IsCancellationRequested
            ? (204, TimeSpan.Zero)
            : EndpointBehaviour.Of(kinds[port], receipt.Number, first, time.GetElapsedTime(started), Random.Shared.NextDouble());
        await AnswerAsync(context, receipt, subscription, status, delay);
    }

    private async Task AnswerAsync(HttpContext context, Entry receipt, ReceivingSubscription? subscription, int status, TimeSpan delay)
    {
        var marks = receipt.Marks;
        try
        {
            if (delay != TimeSpan.Zero)
            {
                using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, healing.Token);
                await Task.Delay(delay, time, end.Token);
            }
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            marks |= Marks.GivenUp;
            status = 0;
        }
        catch (OperationCanceledException)
        {
            status = 204;
        }

        if (status is >= 200 and < 300)
        {
            marks |= Marks.Accepted | (IsLate(context, receipt) ? Marks.GivenUp : Marks.None);
            subscription?.Deliver(receipt.Number, context.Request.Headers["webhook-id"].ToString());
        }

        // Before the answer goes out: what the node can know of, the journal knows of.
        receipts.Add(receipt with { Marks = marks });
        Interlocked.Increment(ref received);
        firstDelivery.TrySetResult(time.GetTimestamp());
        if ((marks & (Marks.Accepted | Marks.GivenUp)) == Marks.Accepted)
        {
            context.Response.OnCompleted(() =>
            {
                if (IsLate(context, receipt))
                {
                    receipts.Add(receipt with { Kind = EntryKind.Late, Marks = marks });
                }

                return Task.CompletedTask;
            });
        }

        if (status != 0)
        {
            context.Response.StatusCode = status;
        }
    }

    // The node counts from the moment in whose second it has signed. Whether it has given up in that last second only it knows.
    private bool IsLate(HttpContext context, in Entry receipt) =>
        context.RequestAborted.IsCancellationRequested
        || time.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(receipt.Value) >= NodeFiles.Timeout;

    private Entry Read(HttpRequest request, ReadOnlySpan<byte> body)
    {
        var marks = Marks.None;
        var path = request.Path.Value.AsSpan();
        var at = ushort.TryParse(path[(path.LastIndexOf('/') + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) ? parsed : ushort.MaxValue;
        var headers = request.Headers;
        var id = headers["webhook-id"].ToString();
        var signedAt = 0L;
        if (subscriptions.TryGetValue(at, out var subscription)
            && WebhookSignature.Verify(
                subscription.Key, id, headers["webhook-timestamp"].ToString(), headers["webhook-signature"].ToString(), body, time.GetUtcNow(), out signedAt))
        {
            marks |= Marks.Signed;
        }

        if (Payload.TryReadNumber(body, out var number) && Payload.IsIntact(body, number))
        {
            marks |= Marks.Intact;
        }

        return new Entry
        {
            Kind = EntryKind.Received,
            Subscription = at,
            Number = number,
            Marks = marks,
            Key = int.TryParse(headers["ce-subject"].ToString().AsSpan().TrimStart('k'), NumberStyles.None, CultureInfo.InvariantCulture, out var key) ? key : 0,
            Id = Hash(id),
            Value = signedAt,
        };
    }

    // FNV-1a: the ids of one event are compared, nothing is looked up by it.
    private static uint Hash(string id)
    {
        var hash = 2166136261u;
        foreach (var character in id)
        {
            hash = (hash ^ character) * 16777619u;
        }

        return hash ^ (hash >> 16);
    }
}
