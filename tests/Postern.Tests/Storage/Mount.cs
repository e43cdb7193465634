using System.Diagnostics;

namespace Postern.Tests.Storage;

/// <summary>A small file system in memory, for disks that are full or read-only. Needs the right to mount.</summary>
internal sealed class Mount : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private Mount()
    {
    }

    public string Path => folder.Path;

    /// <summary>Skips the test where mounting is not permitted; fails it where everything is required.</summary>
    public static Mount Create(string size)
    {
        var mount = new Mount();
        if (Run("mount", "-t", "tmpfs", "-o", $"size={size}", "tmpfs", mount.Path) is { } error)
        {
            mount.folder.Dispose();
            Missing($"A file system cannot be mounted here: {error}");
        }

        return mount;
    }

    public void Remount(string options)
    {
        if (Run("mount", "-o", $"remount,{options}", Path) is { } error)
        {
            Assert.Fail(error);
        }
    }

    public void Dispose()
    {
        var error = Run("umount", Path);
        folder.Dispose();
        Assert.Null(error);
    }

    /// <summary>The error text of a program; null when it succeeded.</summary>
    public static string? Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? null : $"{program} ended with {process.ExitCode}: {error}";
    }

    public static void Missing(string what)
    {
        if (Environment.GetEnvironmentVariable("POSTERN_TEST_REQUIRE_ALL") == "1")
        {
            Assert.Fail(what);
        }

        Assert.Skip(what);
    }
}
