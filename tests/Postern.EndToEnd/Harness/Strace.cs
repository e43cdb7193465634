namespace Postern.EndToEnd.Harness;

/// <summary>Makes system calls of a running program fail or wait, for as long as it is attached.</summary>
internal sealed class Strace : IAsyncDisposable
{
    private readonly ChildProcess process;
    private readonly string log;

    private Strace(ChildProcess process, string log) => (this.process, this.log) = (process, log);

    /// <summary>Calls it has seen so far.</summary>
    public int Count => File.Exists(log) ? ReadLog().Length : 0;

    /// <param name="inject"><c>fdatasync,fsync:delay_enter=300000</c> and the like (strace(1), "Tampering").</param>
    /// <param name="path">Only calls on this file; null: all.</param>
    public static async Task<Strace> AttachAsync(int victim, string inject, ScratchDirectory scratch, string? path = null)
    {
        var log = scratch.File($"strace-{Guid.NewGuid():N}");
        string[] only = path is null ? [] : ["-P", path];
        var process = ChildProcess.Start(
            "strace", ["-f", "-o", log, .. only, "-e", "trace=" + inject.Split(':')[0], "-e", "inject=" + inject, "-p", $"{victim}"]);
        var strace = new Strace(process, log);
        await Eventually.TrueAsync(
            () => process.Log.Contains("attached", StringComparison.Ordinal), () => $"strace is attached; it printed:\n{process.Log}");
        return strace;
    }

    /// <summary>Lets go: the program goes on undisturbed.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            // SIGINT: detaches from every thread, where SIGKILL might leave one stopped.
            process.Send(2);
            await process.WaitForExitAsync(seconds: 20);
        }

        await process.DisposeAsync();
    }

    private string[] ReadLog()
    {
        using var stream = new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        return [.. reader.ReadToEnd().Split('\n').Where(line => line.Contains("INJECTED", StringComparison.Ordinal) || line.Contains("DELAYED", StringComparison.Ordinal))];
    }
}
