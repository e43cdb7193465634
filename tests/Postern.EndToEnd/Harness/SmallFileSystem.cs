namespace Postern.EndToEnd.Harness;

/// <summary>A file system in memory that is soon full (tmpfs; needs root).</summary>
internal sealed class SmallFileSystem : IAsyncDisposable
{
    private const long MiB = 1024 * 1024;

    private readonly ScratchDirectory scratch = new();

    public string Path => scratch.Path;

    private string Ballast => scratch.File("ballast");

    public static async Task<SmallFileSystem> MountAsync(int mebibytes, int inodes = 1_000)
    {
        var small = new SmallFileSystem();
        await RunAsync("mount", "-t", "tmpfs", "-o", $"size={mebibytes}m,nr_inodes={inodes}", "tmpfs", small.Path);
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

    /// <summary>Makes empty files until no name is left.</summary>
    public void FillInodes()
    {
        try
        {
            while (true)
            {
                File.Create(scratch.File($"inode-{Guid.NewGuid():N}")).Dispose();
            }
        }
        catch (IOException)
        {
            // That was the last one.
        }
    }

    public void FreeInodes()
    {
        foreach (var file in Directory.EnumerateFiles(Path, "inode-*"))
        {
            File.Delete(file);
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
