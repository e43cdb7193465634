using System.Globalization;

namespace Postern.EndToEnd.Harness;

/// <summary>
/// A wall clock that a scenario sets while the program runs (libfaketime). The monotonic clock, which timers and timeouts
/// run by, goes on as it is: so does it when an operator sets the clock of a machine.
/// </summary>
internal sealed class FakeClock(ScratchDirectory scratch)
{
    /// <summary>The library; null where it is not installed.</summary>
    public static string? Library { get; } =
        new[] { "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1", "/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1" }.FirstOrDefault(File.Exists);

    private TimeSpan offset;

    public Launch Launch => new()
    {
        Environment = new Dictionary<string, string>
        {
            ["LD_PRELOAD"] = Library!,
            ["FAKETIME_TIMESTAMP_FILE"] = Path,
            ["FAKETIME_NO_CACHE"] = "1",
            ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
            // Meant for waits with monotonic deadlines; whether it matters here was not told apart.
            ["FAKETIME_FORCE_MONOTONIC_FIX"] = "1",
            // What the program starts (nothing today) and its files keep their own times.
            ["NO_FAKE_STAT"] = "1",
        },
    };

    /// <summary>What the program's clock says now.</summary>
    public DateTimeOffset Now => DateTimeOffset.UtcNow + offset;

    private string Path => scratch.File("faketime");

    /// <summary>Sets the clock by so much off the true time.</summary>
    public void Set(TimeSpan off)
    {
        offset = off;
        // A rename: the library reads the file at each look at the clock, and must never find half of it.
        File.WriteAllText(Path + ".new", string.Create(CultureInfo.InvariantCulture, $"{(long)off.TotalSeconds:+0;-0;+0}\n"));
        File.Move(Path + ".new", Path, overwrite: true);
    }

    public void SetTo(DateTimeOffset time) => Set(TimeSpan.FromSeconds(Math.Round((time - DateTimeOffset.UtcNow).TotalSeconds)));
}
