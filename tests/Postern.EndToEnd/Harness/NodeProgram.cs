using System.Reflection;
using System.Text.Json;

namespace Postern.EndToEnd.Harness;

/// <summary>Runs the foreign clients in <c>node/</c>.</summary>
internal static class NodeProgram
{
    public static string Directory { get; } =
        typeof(NodeProgram).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(entry => entry.Key == "NodeDirectory").Value!;

    public static ChildProcess Start(string script, params IEnumerable<string> arguments) =>
        ChildProcess.Start("node", [script, .. arguments], Directory);

    /// <summary>Runs a script to its end; what it printed, a JSON object a line.</summary>
    public static async Task<IReadOnlyList<T>> RunAsync<T>(string script, params IEnumerable<string> arguments)
    {
        await using var program = Start(script, arguments);
        var exitCode = await program.WaitForExitAsync();
        Assert.True(exitCode == 0, $"{script} ended with {exitCode}:\n{program.Log}");
        return [.. program.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<T>(line, JsonSerializerOptions.Web)!)];
    }
}
