using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Postern.Model;
using Postern.Model.Access;
using Postern.Ports;
using Postern.Storage.PostgreSql;

namespace Postern.Tests.Storage.PostgreSql;

/// <summary>Several nodes on one database: what one commits, the others know.</summary>
public sealed class PostgreSqlNodesTests(PostgreSqlFixture fixture) : IAsyncLifetime
{
    private readonly List<PostgreSqlStore> nodes = [];
    private PostgreSqlServer server = null!;
    private string url = "";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private PostgreSqlStore Leader => nodes[0];

    private PostgreSqlStore Other => nodes[1];

    public async ValueTask InitializeAsync()
    {
        server = await fixture.StartAsync();
        url = await server.NewDatabaseAsync();
        await JoinAsync();
        await JoinAsync();
        await Leader.LeadAsync(Duty.Callbacks, Cancellation);
        await Leader.LeadAsync(Duty.Listener, Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in nodes)
        {
            await node.DisposeAsync();
        }
    }

    [Fact]
    public async Task One_node_leads_and_another_follows_when_it_ends()
    {
        var second = Other.LeadAsync(Duty.Callbacks, Cancellation).AsTask();
        Assert.True(Leader.Leads(Duty.Callbacks));
        Assert.False(Other.Leads(Duty.Callbacks));
        await Other.StageAsync([Content("a")], Cancellation);
        Assert.False(second.IsCompleted);

        await Leader.DisposeAsync();

        await second.WaitAsync(TimeSpan.FromSeconds(20), Cancellation);
        Assert.True(Other.Leads(Duty.Callbacks));
        Assert.Equal(1, Other.Statistics.LastSequence);
    }

    [Fact]
    public async Task One_that_led_and_was_cut_off_ends_when_another_has_followed()
    {
        var ends = new ConcurrentQueue<string>();
        var cut = await JoinAsync(ends.Enqueue);
        await Leader.DisposeAsync();
        await cut.LeadAsync(Duty.Callbacks, Cancellation);

        // Its place is taken while its session is gone.
        await server.QueryAsync(Name, "UPDATE lead SET node = 'another' WHERE duty = 'callbacks'");
        await EndSessionsAsync("writer");

        await Until(() => !ends.IsEmpty);
        Assert.Contains("another node leads (callbacks) on PostgreSQL", ends.First(), StringComparison.Ordinal);
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await cut.StageAsync([Content("late")], Cancellation));
        Assert.Equal("0", await server.QueryAsync(Name, "SELECT count(*) FROM events WHERE producer_id = 'late'"));
    }

    [Fact]
    public async Task An_event_can_be_read_by_a_node_that_has_not_heard_of_it_yet()
    {
        for (var number = 0; number < 50; number++)
        {
            var staged = (await Leader.StageAsync([Content($"own{number}")], Cancellation))[0];

            Assert.Equal(staged.Id, (await Other.ReadEventAsync(number + 1, Cancellation))?.Id);
        }

        Assert.Null(await Other.ReadEventAsync(51, Cancellation));
    }

    [Fact]
    public async Task Each_duty_is_led_by_whoever_asked_for_it_first()
    {
        var apart = await JoinAsync();
        var second = Other.LeadAsync(Duty.Callbacks, Cancellation).AsTask();
        await Leader.DisposeAsync();
        await second.WaitAsync(TimeSpan.FromSeconds(20), Cancellation);

        await apart.LeadAsync(Duty.Listener, Cancellation).AsTask().WaitAsync(TimeSpan.FromSeconds(20), Cancellation);

        Assert.Equal((true, false), (Other.Leads(Duty.Callbacks), Other.Leads(Duty.Listener)));
        Assert.Equal((false, true), (apart.Leads(Duty.Callbacks), apart.Leads(Duty.Listener)));
    }

    [Fact]
    public async Task One_that_has_missed_more_changes_than_are_kept_ends()
    {
        var ends = new ConcurrentQueue<string>();
        await JoinAsync(ends.Enqueue);

        await server.QueryAsync(Name, "INSERT INTO changes (number, node, kind, log, flag) VALUES (100001, 'another', 2, 0, 0)");

        await Until(() => !ends.IsEmpty);
        Assert.Contains("cannot catch up", ends.First(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_leader_that_loses_its_session_and_finds_nobody_in_its_place_goes_on()
    {
        await EndSessionsAsync("writer");

        await UntilAsync(async () => await TryStageAsync(Leader, "a"));
        await UntilAsync(async () => await TryStageAsync(Other, "b"));
        Assert.True(Leader.Leads(Duty.Callbacks));
        await Until(() => Leader.Statistics.LastSequence == 2);
    }

    [Fact]
    public async Task A_change_is_known_everywhere_before_an_event_that_is_staged_after_it()
    {
        var known = new ConcurrentDictionary<long, SubscriptionChange>();
        Leader.SubscriptionChanged += change => known[change.Subscription.Number] = change;
        var disturbing = Task.Run(
            async () =>
            {
                for (var number = 0; number < 200; number++)
                {
                    await Leader.StageAsync([Content($"own{number}")], Cancellation);
                }
            },
            Cancellation);

        for (var number = 0; number < 30; number++)
        {
            var added = await Other.AddSubscriptionAsync(NewSubscription(), null, Cancellation);
            var staged = (await Other.StageAsync([Content($"p{number}")], Cancellation))[0];
            await Leader.WaitForEventsAsync(staged.Sequence - 1, Cancellation).AsTask().WaitAsync(TimeSpan.FromSeconds(20), Cancellation);

            Assert.True(known.TryGetValue(added.Number, out var change), "The event was there before the subscription.");
            Assert.Equal(added.Id, change.Subscription.Id);
            Assert.InRange(change.Log, added.After, staged.Sequence - 1);
        }

        await disturbing;
    }

    [Fact]
    public async Task An_end_that_is_acknowledged_is_known_to_the_node_that_leads()
    {
        var gone = new ConcurrentDictionary<long, bool>();
        Leader.SubscriptionChanged += change => gone[change.Subscription.Number] = change.Removed;
        for (var number = 0; number < 200; number++)
        {
            var added = await Other.AddSubscriptionAsync(NewSubscription(), null, Cancellation);
            await Other.RemoveSubscriptionsAsync([added.Id], Cancellation);
            Assert.True(gone.GetValueOrDefault(added.Number), "It was acknowledged, and the leader did not know.");
        }
    }

    [Fact]
    public async Task An_end_is_acknowledged_where_nobody_leads()
    {
        await Leader.DisposeAsync();
        var added = await Other.AddSubscriptionAsync(NewSubscription(), null, Cancellation);

        Assert.Single(await Other.RemoveSubscriptionsAsync([added.Id], Cancellation).AsTask().WaitAsync(TimeSpan.FromSeconds(20), Cancellation));
    }

    [Fact]
    public async Task Consumers_and_jobs_are_told_to_all_also_when_no_notification_comes()
    {
        var (consumers, jobs) = (new ConcurrentQueue<ConsumerChange>(), 0);
        Leader.ConsumerChanged += consumers.Enqueue;
        Leader.JobsChanged += () => Interlocked.Increment(ref jobs);
        await Other.AddConsumerAsync(new StoredConsumer { Name = "first", Created = DateTimeOffset.UnixEpoch, Credentials = [] }, Cancellation);
        await Until(() => consumers.Any(change => change is { Name: "first", Consumer: not null }));

        await EndSessionsAsync("news");
        await Other.RemoveConsumerAsync("first", 10, Cancellation);
        var subscription = await Other.AddSubscriptionAsync(NewSubscription(), null, Cancellation);
        Assert.NotNull(await Other.AddJobAsync(
            new JobRequest { Kind = JobKind.Dead, Subscription = new JobSubscription(subscription.Number, subscription.Id), Rate = 100 }, Cancellation));

        await Until(() => consumers.Any(change => change is { Name: "first", Consumer: null }) && Volatile.Read(ref jobs) == 1);
    }

    [Fact]
    public async Task A_callback_that_is_revived_elsewhere_waits_for_the_node_that_leads()
    {
        var subscription = await Leader.AddSubscriptionAsync(NewSubscription(), null, Cancellation);
        var last = (await Other.StageAsync([Content("a")], Cancellation))[0].Sequence;
        await Leader.WaitForEventsAsync(0, Cancellation);
        var due = Assert.Single(await Leader.CommitMatchesAsync(0, last, [new Match(last, subscription.Number)], Cancellation));
        await Leader.RecordAsync(new CallbackResult(due, new CallbackOutcome.Dead("No more tries."), null), Cancellation);
        var told = 0;
        Leader.SubscriptionChanged += _ => Interlocked.Increment(ref told);

        var revived = await Other.ReviveCallbackAsync(due.Id, Cancellation);

        Assert.Equal((1, 0), (revived.Count, revived.Due.Count));
        await Until(() => Volatile.Read(ref told) > 0);
        var now = DateTimeOffset.UtcNow;
        Assert.Equal(due.Id, Assert.Single((await Leader.ReadBacklogAsync(subscription.Queue, now, now, 10, Cancellation)).Callbacks).Id);
        Assert.Equal((1, 0), (Leader.Statistics.Pending, Leader.Statistics.Dead));
    }

    [Fact]
    public async Task What_one_node_removes_no_other_shows()
    {
        var staged = (await Other.StageAsync([Content("a")], Cancellation))[0];
        await Leader.WaitForEventsAsync(0, Cancellation);
        await Leader.CommitMatchesAsync(0, staged.Sequence, [], Cancellation);
        Assert.NotNull(await Other.ReadEventAsync(staged.Sequence, Cancellation));

        while ((await Leader.ExpireAsync(ExpiryKind.Events, DateTimeOffset.MaxValue, 100, Cancellation)).More)
        {
        }

        await UntilAsync(async () => await Other.ReadEventAsync(staged.Sequence, Cancellation) is null);
    }

    [Fact]
    public async Task Events_of_many_nodes_stand_in_one_log_each_once()
    {
        await JoinAsync();
        var staged = await Task.WhenAll(Enumerable.Range(0, 12).Select(worker => Task.Run(
            async () =>
            {
                var all = new List<Staged>();
                for (var number = 0; number < 50; number++)
                {
                    all.AddRange(await nodes[worker % 3].StageAsync([Content($"same{number}"), Content($"{worker}-{number}")], Cancellation));
                }

                return all;
            },
            Cancellation)));

        const int Distinct = 50 + (12 * 50);
        Assert.Equal(Distinct, staged.SelectMany(one => one).Count(one => !one.Duplicate));
        foreach (var node in nodes)
        {
            await node.WaitForEventsAsync(Distinct - 1, Cancellation).AsTask().WaitAsync(TimeSpan.FromSeconds(20), Cancellation);
            var log = await ReadAllAsync(node);
            Assert.Equal(Enumerable.Range(1, Distinct).Select(sequence => (long)sequence), log.Select(@event => @event.Sequence));
            Assert.Equal(Distinct, log.Select(@event => @event.Content.ProducerId).Distinct().Count());
        }
    }

    [Fact]
    public async Task A_copy_into_it_keeps_nodes_out()
    {
        await Leader.DisposeAsync();
        await Other.DisposeAsync();
        await server.QueryAsync(Name, "CREATE TABLE store_copy (name text PRIMARY KEY)");

        var refused = await Assert.ThrowsAsync<StoreRefusedException>(() => JoinAsync());

        Assert.Contains("A copy into the store", refused.Message, StringComparison.Ordinal);
    }

    private string Name => url[(url.LastIndexOf('/') + 1)..];

    private async Task<PostgreSqlStore> JoinAsync(Action<string>? onFatal = null)
    {
        var node = await PostgreSqlStore.OpenAsync(
            new PostgreSqlOptions { Url = url, OnFatal = onFatal, ProbeInterval = TimeSpan.FromMilliseconds(50), Patience = TimeSpan.FromSeconds(5) },
            TimeProvider.System, NullLogger.Instance, Cancellation);
        nodes.Add(node);
        return node;
    }

    private static async Task<List<Event>> ReadAllAsync(PostgreSqlStore node)
    {
        var log = new List<Event>();
        while (await node.ReadEventsAsync(log.Count == 0 ? 0 : log[^1].Sequence, 1000, Cancellation) is { Count: > 0 } page)
        {
            log.AddRange(page);
        }

        return log;
    }

    private static async Task<bool> TryStageAsync(PostgreSqlStore node, string producerId)
    {
        try
        {
            await node.StageAsync([Content(producerId)], Cancellation);
            return true;
        }
        catch (StoreUnavailableException)
        {
            return false;
        }
    }

    private static Task Until(Func<bool> holds) => UntilAsync(() => Task.FromResult(holds()));

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        var patience = TimeProvider.System.GetTimestamp();
        while (!await holds())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(patience) < TimeSpan.FromSeconds(30), "It did not come to pass within 30 s.");
            await Task.Delay(TimeSpan.FromMilliseconds(20), Cancellation);
        }
    }

    private Task<string> EndSessionsAsync(string use) => server.QueryAsync(
        Name, $"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{Name}' AND application_name LIKE 'postern {use}%'");

    private static Subscription NewSubscription() => new()
    {
        Id = SubscriptionId.Create(), Consumer = "acme", Resource = "/orders", Callback = "https://example.com/hook", Created = DateTimeOffset.UnixEpoch,
        Secrets = [new SealedSecret(new byte[] { 1 }, null)],
    };

    private static EventContent Content(string producerId) => new()
    {
        ProducerId = producerId,
        Source = "/orders",
        Type = "orders.created",
        Time = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        Data = "{}"u8.ToArray(),
    };
}
