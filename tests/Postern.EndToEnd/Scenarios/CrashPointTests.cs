using System.Collections.Concurrent;
using Postern.EndToEnd.Harness;
using Postern.Tests;
using Postern.Faults;

namespace Postern.EndToEnd.Scenarios;

public sealed class CrashPointTests
{
    private const int AtATime = 4;

    /// <summary>Places that are passed often: there the node ends in the middle of the load, and not at the first subscription.</summary>
    private static readonly string[] Often = ["writer-", "stage-", "match-", "record-", "listener-before", "listener-after-c", "listener-after-p", "send-", "dispatch-", "publish-", "release-", "answer-"];

    [Fact]
    public async Task A_node_that_is_killed_at_any_crash_point_loses_nothing()
    {
        Requires.Linux();
        await KillAtAsync(CrashPoints.All, static () => Task.FromResult(Array.Empty<string>()));
    }

    /// <summary>The same on PostgreSQL. On demand: the points are the same code, and a run of them all takes its minutes.</summary>
    [Fact(Explicit = true)]
    public async Task A_node_on_PostgreSQL_that_is_killed_at_any_crash_point_loses_nothing()
    {
        Requires.Linux();
        Requires.PostgreSql();
        await using var server = await PostgreSqlServer.StartAsync();
        await KillAtAsync(
            [.. CrashPoints.All.Where(static point => !point.StartsWith("checkpoint-", StringComparison.Ordinal))],
            async () => ["--store", await server.NewDatabaseAsync()]);
    }

    private static async Task KillAtAsync(IReadOnlyList<string> points, Func<Task<string[]>> newStore)
    {
        var wrong = new ConcurrentQueue<string>();
        await Parallel.ForEachAsync(points, new ParallelOptions { MaxDegreeOfParallelism = AtATime }, async (point, _) =>
        {
            var run = await CrashTestProgram.RunAsync(["--at", Often.Any(point.StartsWith) ? $"{point}:20" : point, .. await newStore()], seconds: 400);
            var reached = (string?)run.Report?["crashPoint"];
            if (!run.Held || reached != point)
            {
                wrong.Enqueue($"{point}: {(reached == point ? "" : "not reached; ")}exit code {run.ExitCode}\n{run.Log}");
            }
        });
        Assert.True(wrong.IsEmpty, string.Join("\n\n", wrong));
    }
}
