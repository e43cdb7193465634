using Microsoft.Extensions.Logging.Abstractions;
using Postern.Configuration;
using Postern.Model;
using Postern.Ports;
using Postern.Repair;
using Postern.Storage.Sqlite;
using Postern.Tests.Storage;

namespace Postern.Tests.Repair;

/// <summary>The repair role on a real store, and a hub that shows what it was given.</summary>
internal sealed class RepairRig : IAsyncDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly List<DueCallback> handed = [];
    private EmbeddedHub hub = new();
    private RepairService? service;
    private Task watching = Task.CompletedTask;

    public SqliteStore Store { get; private set; } = null!;

    public LiveConfiguration Live { get; } = new(new PosternConfiguration());

    /// <summary>Events of the callbacks that came to the hub, over all restarts.</summary>
    public IReadOnlyList<long> Handed
    {
        get
        {
            lock (handed)
            {
                return [.. handed.Select(callback => callback.Event)];
            }
        }
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<RepairRig> OpenAsync()
    {
        var rig = new RepairRig();
        await rig.OpenStoreAsync();
        return rig;
    }

    public async Task StartAsync()
    {
        hub = new EmbeddedHub();
        watching = WatchAsync(hub);
        service = new RepairService(Store, hub, Live, TimeProvider.System, NullLogger<RepairService>.Instance);
        await service.StartAsync(Cancellation);
    }

    /// <summary>Stops the role and closes the store, as the end of a process does.</summary>
    public async Task StopAsync()
    {
        if (service is not null)
        {
            await service.StopAsync(Cancellation);
            service.Dispose();
            service = null;
        }

        await hub.DisposeAsync();
        await watching;
        await Store.DisposeAsync();
    }

    public async Task RestartAsync()
    {
        await StopAsync();
        await OpenStoreAsync();
        await StartAsync();
    }

    public async Task<Subscription> SubscribeAsync(string callback = "https://example.com/hook", string? filter = null, string[]? events = null, SubscriptionOrder order = default) =>
        await Store.AddSubscriptionAsync(
            new Subscription
            {
                Id = SubscriptionId.Create(), Consumer = "acme", Resource = "/orders", Callback = callback, Filter = filter, Events = events ?? [], Order = order,
                Created = DateTimeOffset.UnixEpoch, Secrets = [new SealedSecret(new byte[] { 1 }, null)],
            },
            Cancellation);

    public Task ChangeAsync(Subscription subscription, SubscriptionState state) =>
        Store.ChangeSubscriptionAsync(subscription.Id, current => current with { State = state }, Cancellation).AsTask();

    /// <summary>Stages events that nobody has been owed: the listener has come by.</summary>
    public Task<IReadOnlyList<DueCallback>> StageAsync(int count, string type = "orders.created", string source = "/orders", string[]? audience = null) =>
        OweAsync(null, count, type, source, audience);

    /// <summary>Stages events and owes them to a subscription, as the listener does.</summary>
    public async Task<IReadOnlyList<DueCallback>> OweAsync(
        Subscription? subscription, int count, string type = "orders.created", string source = "/orders", string[]? audience = null)
    {
        var content = new EventContent { Source = source, Subject = "42", Type = type, Time = DateTimeOffset.UnixEpoch, Audience = audience, Data = default };
        var from = await Store.ReadCursorAsync(Cancellation);
        var staged = await Store.StageAsync([.. Enumerable.Repeat(content, count)], Cancellation);
        Match[] matches = subscription is null ? [] : [.. staged.Select(one => new Match(one.Sequence, subscription.Number))];
        return await Store.CommitMatchesAsync(from, staged[^1].Sequence, matches, Cancellation);
    }

    public Task DeliverAsync(IEnumerable<DueCallback> callbacks) => RecordAsync(callbacks, CallbackOutcome.Delivered.Instance, AttemptOutcome.Delivered);

    /// <summary>Delivers one; gives the callback that was held behind it.</summary>
    public ValueTask<DueCallback?> DeliverAsync(DueCallback callback) => Store.RecordAsync(
        new CallbackResult(callback, CallbackOutcome.Delivered.Instance, Attempt: null), Cancellation);

    public Task BuryAsync(IEnumerable<DueCallback> callbacks) => RecordAsync(callbacks, new CallbackOutcome.Dead("No more tries."), AttemptOutcome.Dead);

    public async Task<Job> AddAsync(JobRequest request) => (await Store.AddJobAsync(request, Cancellation))!;

    public async Task<Job> ReadAsync(Job job) => (await Store.FindJobAsync(job.Id, Cancellation))!;

    public async Task<Job> EndAsync(Job job)
    {
        while ((job = await ReadAsync(job)).IsUnfinished())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Cancellation);
        }

        // Handed over by the step before; what the hub was given last may still be on its way to this test.
        await SqliteFixture.UntilAsync(() => Handed.Count >= job.Done);
        return job;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        folder.Dispose();
    }

    private async Task OpenStoreAsync() => Store = await SqliteFixture.OpenAsync(folder.File("postern.db"));

    private async Task WatchAsync(EmbeddedHub from)
    {
        await foreach (var batch in from.ConsumeAsync(CancellationToken.None))
        {
            lock (handed)
            {
                handed.AddRange(batch.Callbacks);
            }
        }
    }

    private async Task RecordAsync(IEnumerable<DueCallback> callbacks, CallbackOutcome outcome, AttemptOutcome attempt) =>
        await Task.WhenAll(callbacks.Select(callback => Store.RecordAsync(
            new CallbackResult(callback, outcome, new Attempt { At = DateTimeOffset.UnixEpoch, Outcome = attempt, Duration = TimeSpan.Zero }),
            Cancellation).AsTask()));
}
