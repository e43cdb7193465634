using System.Diagnostics;
using System.Globalization;
using Postern.Server.Commands;

namespace Postern.Server.CrashTest;

/// <summary>One run: load and kills, then healing and draining, then the ledger.</summary>
internal sealed partial class CrashTestRun : IAsyncDisposable
{
    private const string Retries = "{ schedule: [0s, 100ms, 200ms, 500ms, 1s, 1s, 2s, 2s, 2s, 2s, 3s], giveUpAfter: 30d, jitter: 0.2 }";

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
            using var files = new NodeFiles(scratch.FullName, options.Store, Random.Shared);
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
