namespace Postern.EndToEnd.Harness;

/// <summary>A file system in memory that is soon full (tmpfs; needs root).</summary>
internal sealed class SmallFileSystem : IAsyncDisposable
{
    private const long MiB = 1024 * 1024;

    private readonly ScratchDirectory scratch = new();

    public string Path => scratch.Path;

    private string Ballast => scratch.File("ballast");

    public static async Task<SmallFileSystem> MountAsync(int mebibytes)
    {
        var small = new SmallFileSystem();
        await RunAsync("mount", "-t", "tmpfs", "-o", $"size={mebibytes}m", "tmpfs", small.Path);
        return small;
    }

    /// <summary>Leaves so much room and no more.</summary>
    public void Fill(int leaveMebibytes)
    {
        using var ballast = File.Create(Ballast);
        var block = new byte[MiB / 16];
        while (new DriveInfo(Path).AvailableFreeSpace > leaveMebibytes * MiB)
        {
            ballast.Write(block);
            ballast.Flush();
        }
    }

    public void MakeRoom() => File.Delete(Ballast);

    public async ValueTask DisposeAsync()
    {
        await RunAsync("umount", Path);
        scratch.Dispose();
    }

    private static async Task RunAsync(string program, params IEnumerable<string> arguments)
    {
        await using var process = ChildProcess.Start(program, arguments);
        var exitCode = await process.WaitForExitAsync();
        Assert.True(exitCode == 0, $"{program} ended with {exitCode}: {process.Log}");
    }
}
