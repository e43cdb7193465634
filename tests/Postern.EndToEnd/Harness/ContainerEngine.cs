namespace Postern.EndToEnd.Harness;

/// <summary>Podman with a storage of its own, which runs containers of one image, on the network of this machine.</summary>
internal sealed class ContainerEngine : IAsyncDisposable
{
    // vfs mounts nothing that would have to be unmounted; runc takes whatever control groups a machine has.
    private readonly string[] options;

    private ContainerEngine(ScratchDirectory scratch) => options =
    [
        "--root", scratch.File("engine"), "--runroot", scratch.File("engine-run"), "--storage-driver", "vfs",
        "--runtime", "runc", "--cgroup-manager", "cgroupfs", "--log-level", "error",
    ];

    /// <param name="archive">The image, as <c>docker load</c> takes it.</param>
    public static async Task<ContainerEngine> StartAsync(ScratchDirectory scratch, string archive)
    {
        var engine = new ContainerEngine(scratch);
        await engine.DoAsync("load", "--quiet", "--input", archive);
        return engine;
    }

    /// <summary>Runs a command of the engine that has to succeed; what it printed.</summary>
    public async Task<string> DoAsync(params IEnumerable<string> command)
    {
        var (exitCode, log) = await TryAsync(command);
        Assert.True(exitCode == 0, $"podman {string.Join(' ', command)} ended with {exitCode}: {log}");
        return log.Trim();
    }

    public async Task<(int ExitCode, string Log)> TryAsync(params IEnumerable<string> command)
    {
        await using var podman = ChildProcess.Start("podman", [.. options, .. command]);
        var exitCode = await podman.WaitForExitAsync(seconds: 120);
        return (exitCode, podman.Log);
    }

    public async ValueTask DisposeAsync() => await TryAsync("rm", "--all", "--force", "--time", "0");
}
