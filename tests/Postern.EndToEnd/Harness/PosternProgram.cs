namespace Postern.EndToEnd.Harness;

/// <summary>The program as it was built beside this suite.</summary>
internal static class PosternProgram
{
    /// <summary><c>artifacts/bin/Postern.Server/debug/Postern.Server</c>: the same configuration as the suite's own.</summary>
    public static string File { get; } = Locate();

    /// <summary>The same program with faults built in on purpose; not there where nobody built it.</summary>
    public static string BrokenFile => File.Replace(
        $"{Path.DirectorySeparatorChar}artifacts{Path.DirectorySeparatorChar}", Path.Combine($"{Path.DirectorySeparatorChar}artifacts", $"broken{Path.DirectorySeparatorChar}"), StringComparison.Ordinal);

    public static ChildProcess Start(params IEnumerable<string> arguments) => ChildProcess.Start(File, arguments);

    /// <summary>Runs a command to its end.</summary>
    public static async Task<(int ExitCode, string Log)> RunAsync(params IEnumerable<string> arguments)
    {
        await using var program = Start(arguments);
        var exitCode = await program.WaitForExitAsync();
        return (exitCode, program.Log);
    }

    private static string Locate()
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var file = Path.Combine(own.Parent!.Parent!.FullName, "Postern.Server", own.Name, OperatingSystem.IsWindows() ? "Postern.Server.exe" : "Postern.Server");
        Assert.True(System.IO.File.Exists(file), $"{file} is not there: build the solution first.");
        return file;
    }
}
