using System.Diagnostics;
using Postern.Tests;

namespace Postern.EndToEnd.Harness;

/// <summary>What a scenario needs of the machine. Without it the scenario is skipped, or fails where everything is required.</summary>
internal static class Requires
{
    /// <summary>Set to 1 where a missing piece must not go unnoticed.</summary>
    private const string RequireAll = "POSTERN_TEST_REQUIRE_ALL";

    public static void Node() => Need(CanRun("node", "--version"), "Node is not installed.");

    public static void NodeClients()
    {
        Node();
        Need(Directory.Exists(Path.Combine(NodeProgram.Directory, "node_modules")), $"The npm packages are not installed: run 'npm ci' in {NodeProgram.Directory}.");
    }

    public static void Root() =>
        Need(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "Mounting a small file system needs Linux and root.");

    public static void Linux() => Need(OperatingSystem.IsLinux(), "Memory of a process and signals are read the way Linux has them.");

    public static void BrokenBuild() => Need(
        File.Exists(PosternProgram.BrokenFile),
        $"{PosternProgram.BrokenFile} is not there: run 'dotnet build src/Postern.Server -p:PosternBroken=true' in the configuration of the suite.");

    public static void PostgreSql() => Need(PostgreSqlServer.FindPrograms() is not null, "PostgreSQL is not installed: Debian's package is postgresql.");

    /// <summary>Debian's tools that make a fault.</summary>
    public static void Tool(string program, string argument = "--version") => Need(CanRun(program, argument), $"{program} is not installed.");

    private static void Need(bool present, string reason)
    {
        if (present)
        {
            return;
        }

        if (Environment.GetEnvironmentVariable(RequireAll) == "1")
        {
            Assert.Fail($"{reason} ({RequireAll}=1 does not let this scenario be skipped.)");
        }

        Assert.Skip(reason);
    }

    private static bool CanRun(string program, string argument)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, argument) { RedirectStandardOutput = true, RedirectStandardError = true });
            process!.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
