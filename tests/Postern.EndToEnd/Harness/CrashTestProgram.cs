using System.Text.Json.Nodes;

namespace Postern.EndToEnd.Harness;

/// <summary><c>postern crash-test</c>, and what it reported.</summary>
internal sealed record CrashTestProgram(int ExitCode, string Log, JsonNode? Report)
{
    public bool Held => ExitCode == 0 && (bool)Report!["held"]!;

    /// <summary>Violations of a kind, as the report names it.</summary>
    public long Count(string violation) =>
        Report?["violations"]!.AsArray().Where(one => (string)one!["kind"]! == violation).Sum(one => (long)one!["count"]!) ?? 0;

    public static async Task<CrashTestProgram> RunAsync(
        IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null, int seconds = 120)
    {
        using var scratch = new ScratchDirectory();
        var report = scratch.File("report.json");
        await using var program = ChildProcess.Start(PosternProgram.File, ["crash-test", "--report", report, .. arguments], environment: environment);
        var exitCode = await program.WaitForExitAsync(seconds);
        return new CrashTestProgram(exitCode, program.Log, File.Exists(report) ? JsonNode.Parse(await File.ReadAllTextAsync(report)) : null);
    }
}
