using System.Diagnostics;
using System.Globalization;
using Postern.Server.Commands;

namespace Postern.Server.CrashTest;

/// <summary>One run: load and kills, then healing and draining, then the ledger.</summary>
internal sealed class CrashTestRun : IAsyncDisposable
{
    private const string Retries = "{ schedule: [0s, 100ms, 200ms, 500ms, 1s, 1s, 2s, 2s, 2s, 2s, 3s], giveUpAfter: 30d, jitter: 0.2 }";

    // What may be acknowledged and not delivered yet: load that the node cannot follow proves no more and takes longer to drain.
    private const int MostBehind = 20_000;

    // More than the 16 MiB that are configured where something is to expire.
    private const long TooLarge = 17 << 20;

    private static readonly TimeSpan PollEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TellEvery = TimeSpan.FromSeconds(2);

    // Longer than any wait of the schedule.
    private static readonly TimeSpan StuckAfter = TimeSpan.FromSeconds(40);

    private readonly CrashTestOptions options;
    private readonly TextWriter output;
    private readonly TimeProvider time;
    private readonly Violations violations = new();
    private readonly NodeFiles files;
    private readonly Journal intents;
    private readonly Journal acknowledgements;
    private readonly Journal receipts;
    private readonly NodeLog log;
    private readonly GatewayCaller gateway;
    private readonly GatewayCaller admin;
    private readonly Numbers numbers;
    private readonly Publishers publishers;
    private readonly Receiver receiver;
    private readonly Lives lives;
    private readonly Subscribers subscribers;
    private readonly long started;
    private long polls;
    private long told;

    private CrashTestRun(CrashTestOptions options, TextWriter output, TimeProvider time, NodeFiles files, Journal receipts, Receiver receiver, Random random)
    {
        (this.options, this.output, this.time, this.files, this.receipts, this.receiver) = (options, output, time, files, receipts, receiver);
        intents = Journal.Collected(files.Intents);
        acknowledgements = Journal.Synced(files.Acknowledgements);
        log = new NodeLog(files.Log);
        gateway = new GatewayCaller(files.Gateway);
        admin = new GatewayCaller(files.Admin);
        numbers = new Numbers(intents, acknowledgements);
        publishers = new Publishers(gateway, numbers, time);

        // Each its own, so that the moments of kills do not depend on how fast consumers go on.
        lives = new Lives(files, options, admin, receiver, receipts, log, violations, new Random(random.Next()), time);
        subscribers = new Subscribers(files, gateway, receiver, numbers, acknowledgements, new Random(random.Next()), time);
        started = time.GetTimestamp();
    }

    public static async Task<int> RunAsync(CrashTestOptions options, TextWriter output, CancellationToken cancellation)
    {
        var scratch = options.Keep is null ? Directory.CreateTempSubdirectory("postern-crash-") : Directory.CreateDirectory(options.Keep);
        try
        {
            var random = new Random(options.Seed);
            using var files = new NodeFiles(scratch.FullName, Random.Shared);
            files.WriteConfiguration(Retries, options.At is { } at && Expires(at) ? "16MiB" : null);
            var receipts = Journal.Collected(files.Receipts);
            var receiver = await Receiver.StartAsync(files, receipts, TimeProvider.System, cancellation);
            await using var run = new CrashTestRun(options, output, TimeProvider.System, files, receipts, receiver, random);
            return await run.RunAsync(cancellation);
        }
        catch (Exception exception) when (exception is CrashTestException or IOException or UnauthorizedAccessException)
        {
            await output.WriteLineAsync($"The run could not go on. {exception.Message}");
            return CommandLine.Fault;
        }
        finally
        {
            if (options.Keep is null)
            {
                scratch.Delete(recursive: true);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await lives.DisposeAsync();
        await receiver.DisposeAsync();
        intents.Dispose();
        acknowledgements.Dispose();
        receipts.Dispose();
        log.Dispose();
        gateway.Dispose();
        admin.Dispose();
    }

    private async Task<int> RunAsync(CancellationToken cancellation)
    {
        Tell($"A node on {files.Folder}, gateway {files.Gateway}; seed {options.Seed}. Ctrl-C ends the load and prints the ledger.");
        using var load = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (options.Time is { } limit && options.At is null)
        {
            load.CancelAfter(limit);
        }

        try
        {
            await LoadAsync(load);
        }
        catch (OperationCanceledException) when (load.IsCancellationRequested)
        {
            // Ended before everything was subscribed: what stands is judged.
        }

        // Ctrl-C has ended the load, and has reached the node too: from here on nothing is cancelled, a second one ends the program.
        await DrainAsync();
        await lives.StopAsync(CancellationToken.None);
        return await JudgeAsync();
    }

    private async Task LoadAsync(CancellationTokenSource load)
    {
        Task living;
        lives.Start(options.At is { } point && !NeedsEarlierLife(point) ? point : null);
        if (options.At is null)
        {
            await lives.WaitUntilReadyAsync(load.Token);
            await subscribers.SubscribeAsync(load.Token);
            living = lives.RunAsync(Tell, load.Token);
        }
        else
        {
            living = LiveToPointAsync(options.At, load);
            await subscribers.SubscribeAsync(load.Token);
            await subscribers.SubscribeRefusingAsync(load.Token);
        }

        await Task.WhenAll(
            EndAllAsync(living), EndAllAsync(publishers.RunAsync(MayGoOn, load.Token)), EndAllAsync(subscribers.RunAsync(load.Token)),
            EndAllAsync(options.At?.StartsWith("erase-", StringComparison.Ordinal) is true ? Erasures.RunAsync(gateway, admin, time, load.Token) : Task.CompletedTask),
            EndAllAsync(PollAsync(load)));

        // When one of them fails, the others end too, and the run with them.
        async Task EndAllAsync(Task part)
        {
            try
            {
                await part;
            }
            catch
            {
                await load.CancelAsync();
                throw;
            }
        }
    }

    /// <summary>Ends the node at its crash point, starts it again, and lets the load go on for a moment.</summary>
    private async Task LiveToPointAsync(string point, CancellationTokenSource load)
    {
        var stop = load.Token;
        if (NeedsEarlierLife(point))
        {
            // Something must be owed from before for a start to have work.
            await lives.WaitUntilReadyAsync(stop);
            while (receiver.Received < 200 || (Expires(point) && new FileInfo(files.Store).Length < TooLarge))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), time, stop);
            }

            await lives.KillAsync();
            lives.Start(point);
        }

        await lives.RunToPointAsync(
            patience: TimeSpan.FromSeconds(60), point.StartsWith("stop-", StringComparison.Ordinal) ? TimeSpan.FromSeconds(1) : null, stop);
        Tell($"ended at {log.ReachedPoint ?? "no crash point"}, {numbers.Acknowledged:N0} events acknowledged");
        lives.Start();
        await lives.WaitUntilReadyAsync(stop);
        await Task.Delay(TimeSpan.FromMilliseconds(500), time, stop);
        await load.CancelAsync();
    }

    private static bool NeedsEarlierLife(string point) => point.StartsWith("rebuild-", StringComparison.Ordinal) || Expires(point);

    // The youngest age that can be configured is an hour: in a run this short only a store that is too large lets anything expire.
    private static bool Expires(string point) => point.StartsWith("expire-", StringComparison.Ordinal);

    /// <summary>Publishers wait while the node is far behind, and while there were too few kills for so many events.</summary>
    private bool MayGoOn()
    {
        var acknowledged = numbers.Acknowledged;
        return publishers.Acknowledged - receiver.DeliveredTo(subscribers.Everything) < MostBehind
            && (options is not { Events: { } events, Kills: { } kills and > 0 } || acknowledged < (long)events * (lives.Kills + 1) / kills);
    }

    private bool IsEnough() =>
        options.At is null
        && (options.Kills is not null || options.Events is not null)
        && lives.Kills >= (options.Kills ?? 0)
        && numbers.Acknowledged >= (options.Events ?? 0);

    /// <summary>Asks the node what it owes, looks whether that adds up, and says how far the run is.</summary>
    private async Task PollAsync(CancellationTokenSource load)
    {
        try
        {
            while (!IsEnough())
            {
                await Task.Delay(PollEvery, time, load.Token);
                await PollAsync(load.Token);
            }

            await load.CancelAsync();
        }
        catch (OperationCanceledException) when (load.IsCancellationRequested)
        {
            // The load has ended.
        }
    }

    private async Task<NodeBalance?> PollAsync(CancellationToken cancellation)
    {
        var acknowledged = publishers.Acknowledged;
        var balance = await NodeBalance.ReadAsync(admin, cancellation);
        var delivered = receiver.DeliveredTo(subscribers.Everything);
        if (balance is { } owed)
        {
            polls++;
            if (!owed.AccountsFor(acknowledged, delivered))
            {
                violations.Add(
                    ViolationKind.Conservation,
                    $"{acknowledged} were acknowledged; the node knows {owed.Unmatched} unmatched, {owed.Pending} pending, {owed.Dead} dead, and {delivered} were delivered");
            }
        }

        if (time.GetElapsedTime(told) > TellEvery)
        {
            told = time.GetTimestamp();
            Tell($"{numbers.Acknowledged:N0} acknowledged, {receiver.Received:N0} callbacks, {balance?.Pending.ToString("N0", CultureInfo.InvariantCulture) ?? "?"} owed, {lives.Kills:N0} kills");
        }

        return balance;
    }

    private async Task DrainAsync()
    {
        Tell("healing and draining");
        receiver.Heal();
        await lives.WaitUntilReadyAsync(CancellationToken.None);
        await subscribers.EndAsync(CancellationToken.None);
        var (moved, before) = (time.GetTimestamp(), (Pending: -1L, Received: -1L));
        while (true)
        {
            var balance = await PollAsync(CancellationToken.None);
            if (balance is { Pending: 0, Unmatched: 0 })
            {
                return;
            }

            var now = (balance?.Pending ?? before.Pending, receiver.Received);
            moved = now == before ? moved : time.GetTimestamp();
            before = now;
            if (time.GetElapsedTime(moved) > StuckAfter)
            {
                violations.Add(
                    ViolationKind.Ended,
                    $"{before.Pending} callbacks are owed, all endpoints are healed, and nothing was delivered for {StuckAfter.TotalSeconds} s");
                return;
            }

            await lives.WaitUntilReadyAsync(CancellationToken.None);
            await Task.Delay(TimeSpan.FromMilliseconds(100), time);
        }
    }

    private async Task<int> JudgeAsync()
    {
        // Nothing is written any more: the checker reads the files.
        await receiver.DisposeAsync();
        intents.Dispose();
        acknowledgements.Dispose();
        receipts.Dispose();
        log.Dispose();
        FindSecrets();
        var ledger = Ledger.Check(Journal.Read(files.Intents), Journal.Read(files.Acknowledgements), Journal.Read(files.Receipts), violations);
        var result = new CrashTestResult
        {
            Held = violations.None,
            Seed = options.Seed,
            Seconds = Math.Round(time.GetElapsedTime(started).TotalSeconds, 1),
            Kills = lives.Kills,
            KillsDuringRecovery = lives.KillsDuringRecovery,
            CrashPoint = log.ReachedPoint,
            Ledger = ledger,
            Polls = polls,
            Ready = lives.Ready,
            FirstDelivery = lives.FirstDelivery,
            OrderChecked = subscribers.KnowsOrder,
            CheckerMemory = Process.GetCurrentProcess().PeakWorkingSet64 >> 20,
            Violations = [.. violations.All.Select(one => new FoundViolation(one.Kind, one.Count, one.First))],
        };
        await output.WriteAsync(LedgerText.Write(result));
        if (options.Report is { } report)
        {
            await File.WriteAllTextAsync(report, result.ToJson());
        }

        return result.Held ? CommandLine.Done : CommandLine.Fault;
    }

    private void FindSecrets()
    {
        foreach (var line in File.ReadLines(files.Log))
        {
            if (line.Contains("whsec_", StringComparison.Ordinal) || NodeFiles.Consumers.Any(name => line.Contains(NodeFiles.KeyOf(name), StringComparison.Ordinal)))
            {
                violations.Add(ViolationKind.Secret, line);
            }
        }
    }

    private void Tell(string text) =>
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{time.GetElapsedTime(started).TotalSeconds,7:0.0} s  {text}"));
}
