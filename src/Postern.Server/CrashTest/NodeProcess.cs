using System.Diagnostics;
using Postern.Faults;

namespace Postern.Server.CrashTest;

/// <summary>The node under test: a process of its own, which is killed and started again.</summary>
internal sealed class NodeProcess : IAsyncDisposable
{
    /// <summary>128 and SIGKILL.</summary>
    public const int Killed = 137;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Process process;
    private readonly NodeLog log;

    private NodeProcess(Process process, NodeLog log) => (this.process, this.log) = (process, log);

    public bool HasExited => process.HasExited;

    public int ExitCode => process.ExitCode;

    /// <param name="program">Null: this program.</param>
    /// <param name="crashAt">The crash point that is armed; null: none.</param>
    public static NodeProcess Start(string? program, string configuration, string? crashAt, NodeLog log)
    {
        var (file, before) = program is null ? Own() : (program, []);
        var start = new ProcessStartInfo(file, [.. before, "run", "--config", configuration]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment.Remove(CrashPoint.Variable);
        if (crashAt is not null)
        {
            start.Environment[CrashPoint.Variable] = crashAt;
        }

        var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => log.Add(line.Data);
        process.ErrorDataReceived += (_, line) => log.Add(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new NodeProcess(process, log);
    }

    public async Task WaitForExitAsync(CancellationToken cancellation) => await process.WaitForExitAsync(cancellation);

    /// <summary>SIGKILL, and what it still printed.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            // Seen once in some thousands of kills: the wait, which is for the end of what it printed too, did not end. A node that is gone will do.
            if (!process.HasExited)
            {
                throw new CrashTestException($"The node {process.Id} was killed and has not ended within {Patience.TotalSeconds} s.");
            }
        }
    }

    /// <summary>SIGTERM.</summary>
    public async Task TerminateAsync(CancellationToken cancellation)
    {
        using var kill = Process.Start("kill", ["-TERM", $"{process.Id}"]);
        await kill.WaitForExitAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            await KillAsync();
        }

        process.Dispose();
    }

    // Started as 'dotnet Postern.Server.dll' it is dotnet that runs.
    private static (string File, string[] Before) Own()
    {
        var file = Environment.ProcessPath!;
        return Path.GetFileNameWithoutExtension(file) == "dotnet" ? (file, [Environment.GetCommandLineArgs()[0]]) : (file, []);
    }
}

/// <summary>What all lives of the node printed, in one file.</summary>
internal sealed class NodeLog(string path) : IDisposable
{
    private const int Kept = 15;
    private readonly Lock gate = new();
    private readonly StreamWriter file = new(path) { AutoFlush = true };
    private readonly Queue<string> newest = new();

    /// <summary>The crash point where the node said that it ends.</summary>
    public string? ReachedPoint { get; private set; }

    public string Tail
    {
        get
        {
            lock (gate)
            {
                return string.Join('\n', newest);
            }
        }
    }

    public void Add(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (gate)
        {
            file.WriteLine(line);
            newest.Enqueue(line);
            if (newest.Count > Kept)
            {
                newest.Dequeue();
            }

            if (line.StartsWith(CrashPoint.Message, StringComparison.Ordinal))
            {
                ReachedPoint = line[CrashPoint.Message.Length..].Trim();
            }
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            file.Dispose();
        }
    }
}
