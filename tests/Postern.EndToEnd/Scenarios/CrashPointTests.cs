using System.Collections.Concurrent;
using Postern.EndToEnd.Harness;
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
        var wrong = new ConcurrentQueue<string>();
        await Parallel.ForEachAsync(CrashPoints.All, new ParallelOptions { MaxDegreeOfParallelism = AtATime }, async (point, _) =>
        {
            var run = await CrashTestProgram.RunAsync(["--at", Often.Any(point.StartsWith) ? $"{point}:20" : point]);
            var reached = (string?)run.Report?["crashPoint"];
            if (!run.Held || reached != point)
            {
                wrong.Enqueue($"{point}: {(reached == point ? "" : "not reached; ")}exit code {run.ExitCode}\n{run.Log}");
            }
        });
        Assert.True(wrong.IsEmpty, string.Join("\n\n", wrong));
    }
}
