using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Postern.Model;
using Postern.Ports;
using Postern.Storage.Sqlite;
using Postern.Storage.Sqlite.Engine;

namespace Postern.Tests.Storage.SimulatedDisk;

/// <summary>One committed operation: where in the disk's record it began, where it was acknowledged, and what the store was then.</summary>
internal sealed record Step(string What, int Intended, int Acknowledged, string After);

/// <summary>A store at work on a simulated disk: one operation after the other, so that what it may hold is one of its states.</summary>
internal sealed class RecordedRun : IAsyncDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly Disk disk = new();
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero));
    private readonly List<Step> steps = [];
    private readonly List<(long Sequence, byte[] Data)> events = [];
    private SqliteOptions options = null!;
    private SqliteStore store = null!;

    private RecordedRun()
    {
    }

    public Disk Disk => disk;

    public SqliteStore Store => store;

    public DateTimeOffset Now => time.GetUtcNow();

    /// <summary>The state before the first one and after each.</summary>
    public IReadOnlyList<Step> Steps => steps;

    /// <summary>Everything that was ever given to the store, in its order.</summary>
    public IReadOnlyList<(long Sequence, byte[] Data)> Events => events;

    /// <summary>Where in the disk's record the store said that it ends; null: it never did.</summary>
    public int? Ended { get; private set; }

    public string File => folder.File("postern.db");

    /// <param name="pageSize">Small pages make small commits, of which every subset of sectors can be tried.</param>
    public static async Task<RecordedRun> StartAsync(int pageSize, string synchronous = "FULL", long checkpointPages = 24)
    {
        var run = new RecordedRun();
        var options = run.options = new SqliteOptions
        {
            Path = run.File,
            Vfs = run.disk.Vfs,
            Synchronous = synchronous,
            // Often: a power loss during a checkpoint is the harder half.
            CheckpointBytes = checkpointPages * pageSize,
            LogLimitBytes = Math.Max(64, checkpointPages) * pageSize,
            OnFatal = _ => run.Ended = run.disk.Position,
        };
        using (var connection = SqliteConnection.Open(options, 100, TimeSpan.Zero))
        {
            connection.Execute($"PRAGMA page_size = {pageSize}; PRAGMA journal_mode = WAL");
        }

        run.store = await SqliteStore.OpenAsync(options, run.time, NullLogger.Instance, SqliteFixture.Cancellation);
        run.steps.Add(new Step("open", 0, run.disk.Position, StoreDump.Of(run.File)));
        return run;
    }

    /// <summary>Subscriptions come and go, events are staged and matched, callbacks end in every way.</summary>
    public async Task WorkAsync(int rounds)
    {
        var subscriptions = new List<Subscription>();
        var (alive, dead) = (new Queue<DueCallback>(), 0);
        for (var round = 0; round < rounds; round++)
        {
            if (round % 5 == 0)
            {
                subscriptions.Add(await StepAsync("subscribe", () => store.AddSubscriptionAsync(Wish(), SqliteFixture.Cancellation)));
            }

            var last = await StageAsync(1 + round % 3, bytes: round % 7 == 6 ? 2000 : 40);
            var matches = Enumerable.Range(0, 1 + round % 3).Select(back => new Match(last - back, subscriptions[^1].Number));
            var made = await StepAsync("match", async () => await store.CommitMatchesAsync(
                await store.ReadCursorAsync(SqliteFixture.Cancellation), last, [.. matches.OrderBy(match => match.Event)], SqliteFixture.Cancellation));
            foreach (var callback in made)
            {
                alive.Enqueue(callback);
            }

            while (alive.Count > 3)
            {
                var callback = alive.Dequeue();
                dead += await RecordAsync(callback, subscriptions.Single(held => held.Number == callback.Subscription), alive) ? 1 : 0;
            }

            if (round % 4 == 3)
            {
                await StepAsync("pause", () => store.ChangeSubscriptionAsync(subscriptions[^1].Id, held => held with { State = SubscriptionState.Paused, Version = held.Version + 1 }, SqliteFixture.Cancellation));
                await StepAsync("resume", () => store.ChangeSubscriptionAsync(subscriptions[^1].Id, held => held with { State = SubscriptionState.Active, Version = held.Version + 1 }, SqliteFixture.Cancellation));
            }

            if (dead > 1)
            {
                dead = 0;
                foreach (var buried in await store.ReadDeadAsync(new DeadQuery(subscriptions[^1].Number, 0, long.MaxValue, 10), SqliteFixture.Cancellation))
                {
                    var revived = await StepAsync("revive", () => store.ReviveCallbackAsync(buried.Id, SqliteFixture.Cancellation));
                    alive.Enqueue(Assert.Single(revived.Due));
                }
            }
        }

        await StepAsync("unsubscribe", () => store.RemoveSubscriptionsAsync([subscriptions[0].Id], SqliteFixture.Cancellation));
    }

    /// <summary>Stages events in one commit; the sequence of the last one.</summary>
    public async Task<long> StageAsync(int count, int bytes)
    {
        var contents = new EventContent[count];
        for (var index = 0; index < count; index++)
        {
            var sequence = events.Count + 1;
            var data = Encoding.UTF8.GetBytes($"{{\"number\":{sequence},\"padding\":\"{new string((char)('a' + sequence % 26), bytes)}\"}}");
            events.Add((sequence, data));
            contents[index] = SqliteFixture.Content() with { ProducerId = $"p-{sequence}", Data = data };
        }

        return (await StepAsync("stage", () => store.StageAsync(contents, SqliteFixture.Cancellation)))[^1].Sequence;
    }

    public async ValueTask CloseAsync() => await store.DisposeAsync();

    /// <summary>The next process on the same files, after the last one has ended: it finds what the kernel holds, not what the disk does.</summary>
    public async Task ReopenAsync() => store = await SqliteStore.OpenAsync(options, time, NullLogger.Instance, SqliteFixture.Cancellation);

    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        disk.Dispose();
        folder.Dispose();
    }

    private async Task<T> StepAsync<T>(string what, Func<ValueTask<T>> operation)
    {
        var intended = disk.Position;
        var answer = await operation();
        steps.Add(new Step(what, intended, disk.Position, StoreDump.Of(File)));
        return answer;
    }

    /// <returns>Whether it died.</returns>
    private async Task<bool> RecordAsync(DueCallback callback, Subscription subscription, Queue<DueCallback> alive)
    {
        CallbackOutcome outcome = (callback.Id % 4) switch
        {
            0 when callback.Attempts < 2 => new CallbackOutcome.RetryAt(time.GetUtcNow().AddSeconds(1)),
            1 when callback.Attempts < 2 => new CallbackOutcome.Dead("No more tries."),
            _ => CallbackOutcome.Delivered.Instance,
        };
        var attempt = new Attempt
        {
            At = time.GetUtcNow(),
            Outcome = outcome switch { CallbackOutcome.RetryAt => AttemptOutcome.Retry, CallbackOutcome.Dead => AttemptOutcome.Dead, _ => AttemptOutcome.Delivered },
            Status = 200,
            Duration = TimeSpan.FromMilliseconds(3),
        };
        await StepAsync($"record {outcome}", () => store.RecordAsync(new CallbackResult(callback, outcome, attempt) { Queue = subscription.Queue }, SqliteFixture.Cancellation));
        return outcome is CallbackOutcome.Dead;
    }

    private Subscription Wish() => new()
    {
        Id = SubscriptionId.Create(),
        Consumer = "acme",
        Resource = "/orders",
        Callback = "https://example.com/",
        Created = time.GetUtcNow(),
        Secrets = [],
    };
}
