using System.CommandLine;
using Postern.Configuration.Values;
using Postern.Faults;
using Postern.Server.Commands;

namespace Postern.Server.CrashTest;

/// <summary><c>postern crash-test</c>: kills a node at random under load, and proves by the books that nothing was lost.</summary>
internal static class CrashTestCommand
{
    private const double MostMinutes = 7 * 24 * 60;

    /// <param name="run">Runs to the end; gives the exit code.</param>
    public static Command Create(Func<CrashTestOptions, TextWriter, CancellationToken, Task<int>> run)
    {
        var minutes = new Option<double?>("--minutes") { HelpName = "N", Description = "How long the load lasts. Default: 1, where neither --kills nor --events is given." };
        var kills = new Option<int?>("--kills") { HelpName = "N", Description = "Goes on until the node was killed so many times." };
        var events = new Option<int?>("--events") { HelpName = "N", Description = "Goes on until so many events were acknowledged." };
        var seed = new Option<int?>("--seed") { HelpName = "S", Description = "Makes the same random choices as another run with this seed. Default: a new one." };
        var keep = new Option<string?>("--keep") { HelpName = "DIR", Description = "Keeps the store, the node's log and the journals in DIR, which must be empty or not there." };
        var report = new Option<string?>("--report") { HelpName = "FILE", Description = "Writes the result as JSON." };
        var program = new Option<string?>("--program") { HelpName = "PATH", Description = "The program to run as the node: another version of Postern, for example. Default: this one." };
        var store = new Option<string?>("--store") { HelpName = "URL", Description = "An empty PostgreSQL database to run on (postgres://USER:PASSWORD@HOST:PORT/DATABASE). Default: a SQLite file in the scratch directory." };
        var at = new Option<string?>("--at") { HelpName = "POINT", Description = "Ends the node once, at a named crash point (POINT or POINT:n for the n-th time), in place of kills at random." };
        var command = new Command("crash-test", "Runs a node on a scratch directory, loads it, kills it at random (SIGKILL), and prints the ledger: accepted, delivered, lost, duplicate.")
        {
            minutes, kills, events, seed, keep, report, program, store, at,
        };
        command.Validators.Add(result =>
        {
            if (result.GetResult(minutes) is not null && result.GetValue(minutes) is not (> 0 and <= MostMinutes))
            {
                result.AddError("--minutes must be more than 0 and at most a week.");
            }

            if (result.GetResult(kills) is not null && result.GetValue(kills) is not (>= 0 and <= 1_000_000))
            {
                result.AddError("--kills must be 0 to 1,000,000.");
            }

            if (result.GetResult(events) is not null && result.GetValue(events) is not (>= 1 and <= 1_000_000_000))
            {
                result.AddError("--events must be 1 to 1,000,000,000.");
            }

            if (result.GetValue(keep) is { } folder && (File.Exists(folder) || (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())))
            {
                result.AddError($"--keep {folder}: give a directory that is empty or not there.");
            }

            if (result.GetValue(program) is { } path && !File.Exists(path))
            {
                result.AddError($"--program {path}: there is no such file.");
            }

            if (result.GetValue(store) is { } url && PostgreSqlUrl.Parse(url).Problem is { } problem)
            {
                result.AddError($"--store {problem}");
            }

            if (result.GetValue(at) is { } point && CrashPointSetting.Read(point) is { } setting && !CrashPoints.All.Contains(setting.Name))
            {
                result.AddError($"--at {point}: there is no such crash point. There are: {string.Join(", ", CrashPoints.All)}.");
            }
        });
        command.SetAction((parsed, cancellation) =>
        {
            var (killed, published, lasts, point) = (parsed.GetValue(kills), parsed.GetValue(events), parsed.GetValue(minutes), parsed.GetValue(at));
            var options = new CrashTestOptions
            {
                Kills = killed,
                Events = published,
                Time = lasts is { } given ? TimeSpan.FromMinutes(given) : killed is null && published is null && point is null ? TimeSpan.FromMinutes(1) : null,
                Seed = parsed.GetValue(seed) ?? Random.Shared.Next(),
                Keep = parsed.GetValue(keep),
                Report = parsed.GetValue(report),
                Program = parsed.GetValue(program),
                Store = parsed.GetValue(store),
                At = point,
            };
            return run(options, parsed.InvocationConfiguration.Output, cancellation);
        });
        return command;
    }
}
