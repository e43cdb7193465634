using Postern.Callbacks.Lanes;

namespace Postern.Server.CrashTest;

/// <summary>The lives of the node, one after the other: starts, kills, and how long it took to come back.</summary>
internal sealed class Lives(
    NodeFiles files, CrashTestOptions options, GatewayCaller admin, Receiver receiver, Journal receipts, NodeLog log, Violations violations, Random random, TimeProvider time)
    : IAsyncDisposable
{
    // A node that does not come up within this is broken, however slow the machine.
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(10);

    // What a lane promises: callbacks of one endpoint that are under way or wait for their commit.
    private const long Unrecorded = (long)NodeFiles.Concurrency * Lane.WindowsAtOnce;

    private readonly List<TimeSpan> ready = [];
    private readonly List<TimeSpan> delivered = [];
    private NodeProcess? node;
    private long startedAt;
    private bool wasReady;
    private int kills;

    public int Kills => Volatile.Read(ref kills);

    /// <summary>Kills that came before the node was ready.</summary>
    public int KillsDuringRecovery { get; private set; }

    public Recovery? Ready => Recovery.Of(ready);

    public Recovery? FirstDelivery => Recovery.Of(delivered);

    public void Start(string? crashAt = null)
    {
        receipts.Add(new Entry { Kind = EntryKind.Started });
        receiver.AwaitFirstDelivery();
        (startedAt, wasReady) = (time.GetTimestamp(), false);
        node = NodeProcess.Start(options.Program, files.Configuration, crashAt, log);
    }

    /// <summary>Kills and starts again until the load ends; the node lives when it returns.</summary>
    public async Task RunAsync(Action<string> tell, CancellationToken stop)
    {
        try
        {
            while (!stop.IsCancellationRequested)
            {
                var moment = KillMoment.Draw(random);
                if (moment.AfterReady)
                {
                    await WaitUntilReadyAsync(stop);
                }

                if (await LiveAsync(moment.Wait, stop))
                {
                    await KillAsync();
                    KillsDuringRecovery += moment.AfterReady ? 0 : 1;
                    tell($"kill {Kills}{(moment.AfterReady ? "" : " (coming up)")}");
                }

                Start();
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The load has ended.
        }
    }

    /// <summary>Runs the node until it ends by itself at a crash point.</summary>
    /// <param name="stopAfter">SIGTERM so long after it was ready; null: none.</param>
    public async Task RunToPointAsync(TimeSpan patience, TimeSpan? stopAfter, CancellationToken stop)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stop);
        deadline.CancelAfter(patience);
        try
        {
            if (stopAfter is { } wait)
            {
                await WaitUntilReadyAsync(deadline.Token);
                await Task.Delay(wait, time, deadline.Token);
                await node!.TerminateAsync(deadline.Token);
            }

            await node!.WaitForExitAsync(deadline.Token);
            if (node.ExitCode != NodeProcess.Killed)
            {
                violations.Add(ViolationKind.Ended, $"the node ended with exit code {node.ExitCode} before it came to its crash point:\n{log.Tail}");
            }

            kills++;
            await EndedAsync();
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            violations.Add(ViolationKind.Ended, $"the node did not come to the crash point {options.At} within {patience.TotalSeconds} s");
            await KillAsync();
        }
    }

    /// <summary>The node is ready, whatever it takes: one that ended is started again.</summary>
    public async Task WaitUntilReadyAsync(CancellationToken stop)
    {
        var deadline = time.GetTimestamp();
        while (true)
        {
            if (node is null || node.HasExited)
            {
                if (node is not null)
                {
                    if (ready.Count == 0 && node.ExitCode != NodeProcess.Killed)
                    {
                        throw new CrashTestException($"The node does not start. It ended with exit code {node.ExitCode}:\n{log.Tail}");
                    }

                    // Nobody killed it.
                    if (!stop.IsCancellationRequested)
                    {
                        violations.Add(ViolationKind.Ended, $"the node ended by itself with exit code {node.ExitCode}:\n{log.Tail}");
                    }

                    await EndedAsync();
                    await Task.Delay(TimeSpan.FromSeconds(1), time, stop);
                }

                Start();
            }

            if (await admin.CallAsync(HttpMethod.Get, "/readyz", cancellation: stop) is { IsSuccess: true })
            {
                if (!wasReady)
                {
                    wasReady = true;
                    ready.Add(time.GetElapsedTime(startedAt));
                    _ = MeasureDeliveryAsync(receiver.FirstDelivery, startedAt);
                }

                return;
            }

            if (time.GetElapsedTime(deadline) > ReadyWithin)
            {
                throw new CrashTestException($"The node was not ready within {ReadyWithin.TotalSeconds} s. Its last lines:\n{log.Tail}");
            }

            await Task.Delay(Poll, time, stop);
        }
    }

    public async Task KillAsync()
    {
        kills++;
        await node!.KillAsync();
        await EndedAsync();
    }

    /// <summary>SIGTERM: it must end well.</summary>
    public async Task StopAsync(CancellationToken stop)
    {
        await node!.TerminateAsync(stop);
        if (node.ExitCode != 0)
        {
            violations.Add(ViolationKind.Ended, $"asked to stop, the node ended with exit code {node.ExitCode}:\n{log.Tail}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (node is not null)
        {
            await node.DisposeAsync();
        }
    }

    /// <summary>False when the node ended meanwhile by itself.</summary>
    private async Task<bool> LiveAsync(TimeSpan wait, CancellationToken stop)
    {
        using var awake = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var exit = node!.WaitForExitAsync(awake.Token);
        var first = await Task.WhenAny(exit, Task.Delay(wait, time, awake.Token));
        await awake.CancelAsync();
        stop.ThrowIfCancellationRequested();
        if (first != exit)
        {
            return true;
        }

        violations.Add(ViolationKind.Ended, $"the node ended by itself with exit code {node.ExitCode}:\n{log.Tail}");
        await EndedAsync();
        return false;
    }

    private async Task EndedAsync()
    {
        await node!.DisposeAsync();
        node = null;

        // What the dead node has sent may still stand in the receiver's sockets: taken later, it would look like the next life's.
        await receiver.RestAsync();
        receipts.Add(new Entry { Kind = EntryKind.Ended, Value = Unrecorded });
    }

    private async Task MeasureDeliveryAsync(Task<long> first, long since)
    {
        var at = await first;
        lock (delivered)
        {
            delivered.Add(time.GetElapsedTime(since, at));
        }
    }
}
