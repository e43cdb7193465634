using System.Collections.Concurrent;
using System.Threading.Channels;
using Postern.Model;
using Postern.Ports;
using Postern.Storage.Sqlite;

namespace Postern.Tests.Storage.SimulatedDisk;

/// <summary>
/// Everybody at once, as in a node: stagers, a listener, workers that defer, retry, bury and deliver, retention, and a job that
/// owes again. They share commits, so no state of the whole store is known: each thing has its own chain of states.
/// </summary>
internal sealed class ConcurrentRun(RecordedRun run) : IDisposable
{
    private const int Stagers = 4;
    private const int Workers = 3;
    private const int Rounds = 12;

    private readonly ConcurrentDictionary<string, StateChain> chains = new(StringComparer.Ordinal);
    private readonly Channel<DueCallback> due = Channel.CreateUnbounded<DueCallback>();
    private readonly ConcurrentDictionary<long, bool> revived = new();
    private readonly CancellationTokenSource end = new();
    private Subscription subscription = null!;
    private int staged;
    private int unsettled;
    private int expiryBegun = int.MaxValue;

    private static CancellationToken Cancellation => SqliteFixture.Cancellation;

    private SqliteStore Store => run.Store;

    private int Now => run.Disk.Position;

    public IEnumerable<StateChain> Chains => chains.Values;

    /// <summary>From then on delivered events may expire.</summary>
    public int ExpiryBegun => expiryBegun;

    public object AcknowledgedAt(int point) => chains.Values.Sum(chain => chain.Acknowledgements(point));

    public async Task WorkAsync()
    {
        subscription = await Store.AddSubscriptionAsync(
            new Subscription { Id = SubscriptionId.Create(), Consumer = "acme", Resource = "/orders", Callback = "https://example.com/", Created = DateTimeOffset.UnixEpoch, Secrets = [] },
            Cancellation);
        var workers = Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => Task.Run(DeliverAsync)));
        var listener = Task.Run(MatchAsync);
        var retention = Task.Run(ExpireAsync);
        await Task.WhenAll(Enumerable.Range(0, Stagers).Select(stager => Task.Run(() => StageAsync(stager))));
        await listener;
        await Task.Run(RepairAsync);
        due.Writer.Complete();
        await workers;
        await end.CancelAsync();
        await retention;
    }

    public void Dispose() => end.Dispose();

    public static string EventName(long sequence) => $"event {sequence}";

    public static string CallbackName(long id) => $"callback {id}";

    private async Task StageAsync(int stager)
    {
        for (var round = 0; round < Rounds; round++)
        {
            var data = $"{{\"stager\":{stager},\"round\":{round},\"padding\":\"{new string('x', round % 5 == 4 ? 1500 : 30)}\"}}";
            var begun = Now;
            var sequence = (await Store.StageAsync([SqliteFixture.Content(data) with { ProducerId = $"{stager}-{round}" }], Cancellation))[0].Sequence;
            chains[EventName(sequence)] = new StateChain(EventName(sequence)).To(data, begun, Now);
            Interlocked.Increment(ref staged);
        }
    }

    private async Task MatchAsync()
    {
        for (var cursor = 0L; cursor < Stagers * Rounds;)
        {
            await Store.WaitForEventsAsync(cursor, Cancellation);
            var last = (await Store.ReadEventsAsync(cursor, 5, Cancellation))[^1].Sequence;
            var begun = Now;
            var made = await Store.CommitMatchesAsync(
                cursor, last, [.. Enumerable.Range((int)cursor + 1, (int)(last - cursor)).Select(sequence => new Match(sequence, subscription.Number))], Cancellation);
            HandOut(made, begun);
            cursor = last;
        }
    }

    private void HandOut(IReadOnlyList<DueCallback> made, int begun)
    {
        Interlocked.Add(ref unsettled, made.Count);
        foreach (var callback in made)
        {
            var name = CallbackName(callback.Id);
            chains.GetOrAdd(name, _ => new StateChain(name)).To("fresh", begun, Now);
            due.Writer.TryWrite(callback);
        }
    }

    private async Task DeliverAsync()
    {
        await foreach (var taken in due.Reader.ReadAllAsync(Cancellation))
        {
            var callback = taken;
            if (callback.Id % 5 == 0)
            {
                var now = run.Now;
                await ChangeAsync(callback, "backlog 0", () => Store.DeferAsync([callback with { Queue = subscription.Queue }], Cancellation));
                callback = callback with { Queue = subscription.Queue, Due = now.ToUnixTimeMilliseconds() };
            }

            if (callback.Id % 3 == 0)
            {
                var retry = run.Now.AddSeconds(1);
                await RecordAsync(callback, new CallbackOutcome.RetryAt(retry), AttemptOutcome.Retry, "backlog 1");
                callback = callback with { Queue = subscription.Queue, Due = retry.ToUnixTimeMilliseconds(), Attempts = 1 };
            }

            // Those of the job, which have a new schedule, are delivered.
            await (callback.Id % 7 == 0 && !revived.ContainsKey(callback.Id)
                ? RecordAsync(callback, new CallbackOutcome.Dead("No more tries."), AttemptOutcome.Dead, "dead")
                : RecordAsync(callback, CallbackOutcome.Delivered.Instance, AttemptOutcome.Delivered, StateChain.Absent));
            Interlocked.Decrement(ref unsettled);
        }
    }

    private Task RecordAsync(DueCallback callback, CallbackOutcome outcome, AttemptOutcome attempt, string state) => ChangeAsync(callback, state, async () =>
        await Store.RecordAsync(
            new CallbackResult(callback, outcome, new Attempt { At = run.Now, Outcome = attempt, Status = 200, Duration = TimeSpan.FromMilliseconds(3) })
            {
                Queue = subscription.Queue,
            },
            Cancellation));

    private async Task ChangeAsync(DueCallback callback, string state, Func<ValueTask> change)
    {
        var begun = Now;
        await change();
        chains[CallbackName(callback.Id)].To(state, begun, Now);
    }

    /// <summary>Brings back what is dead, in steps, when nobody else touches it.</summary>
    private async Task RepairAsync()
    {
        await SqliteFixture.UntilAsync(() => Volatile.Read(ref unsettled) == 0);
        var job = (await Store.AddJobAsync(new JobRequest { Kind = JobKind.Dead, Subscription = JobSubscription.Of(subscription) }, Cancellation))!;
        while (job.State == JobState.Running)
        {
            var page = await Store.ReadDeadAsync(new DeadQuery(subscription.Number, job.Cursor.Position, job.Last, 2), Cancellation);
            page.ToList().ForEach(dead => revived[dead.Id] = true);
            var begun = Now;
            var progress = (await Store.StepJobAsync(
                new JobStep(
                    job, page.Count == 0 ? job.Cursor : new JobCursor(0, page[^1].Id),
                    [.. page.Select(dead => new JobItem(new Match(dead.Event, dead.Subscription), dead.Id))], page.Count, page.Count < 2),
                Cancellation))!;
            chains.GetOrAdd($"job {job.Number}", name => new StateChain(name)).To($"{progress.Job.Done} done", begun, Now);
            HandOut(progress.Owed.Due, begun);
            job = progress.Job;
        }
    }

    private async Task ExpireAsync()
    {
        await SqliteFixture.UntilAsync(() => Volatile.Read(ref staged) > Stagers * Rounds / 3);
        Volatile.Write(ref expiryBegun, Now);
        while (!end.IsCancellationRequested)
        {
            await Store.ExpireAsync(ExpiryKind.Attempts, run.Now.AddDays(1), 5, Cancellation);
            await Store.ExpireAsync(ExpiryKind.Events, run.Now.AddDays(1), 3, Cancellation);
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, Cancellation);
        }
    }
}
