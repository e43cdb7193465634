using System.Diagnostics;
using System.IO.MemoryMappedFiles;

namespace Postern.EndToEnd.Harness;

/// <summary>
/// A wall clock that a scenario sets while the program runs (<c>fakeclock.c</c>, preloaded). The monotonic clock, which timers and timeouts
/// run by, goes on as it is: so does it when an operator sets the clock of a machine.
/// </summary>
/// <remarks>
/// Not libfaketime: it reads its file into memory that all threads share, without a lock, so that of a program with four threads one look in fifty
/// tells the true time.
/// </remarks>
internal sealed class FakeClock : IDisposable
{
    private readonly string file;
    private readonly MemoryMappedFile mapped;
    private readonly MemoryMappedViewAccessor nanoseconds;
    private readonly string library;
    private TimeSpan offset;

    public FakeClock(ScratchDirectory scratch)
    {
        library = scratch.File("fakeclock.so");
        Compile(library);
        file = scratch.File("clock");
        mapped = MemoryMappedFile.CreateFromFile(file, FileMode.CreateNew, mapName: null, sizeof(long));
        nanoseconds = mapped.CreateViewAccessor();
    }

    public Launch Launch => new()
    {
        Environment = new Dictionary<string, string> { ["LD_PRELOAD"] = library, ["FAKECLOCK_FILE"] = file },
    };

    /// <summary>What the program's clock says now.</summary>
    public DateTimeOffset Now => DateTimeOffset.UtcNow + offset;

    /// <summary>Sets the clock by so much off the true time.</summary>
    public void Set(TimeSpan off)
    {
        offset = off;
        nanoseconds.Write(0, checked(off.Ticks * TimeSpan.NanosecondsPerTick));
    }

    public void SetTo(DateTimeOffset time) => Set(time - DateTimeOffset.UtcNow);

    public void Dispose()
    {
        nanoseconds.Dispose();
        mapped.Dispose();
    }

    private static void Compile(string library)
    {
        using var compiler = Process.Start(new ProcessStartInfo(
            "cc", ["-shared", "-fPIC", "-O1", "-o", library, Path.Combine(AppContext.BaseDirectory, "fakeclock.c")])
        {
            RedirectStandardError = true,
        })!;
        var said = compiler.StandardError.ReadToEnd();
        compiler.WaitForExit();
        Assert.True(compiler.ExitCode == 0, $"cc could not make {library} of fakeclock.c (Debian: gcc and libc6-dev): {said}");
    }
}
