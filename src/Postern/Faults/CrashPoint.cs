using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Postern.Faults;

/// <summary>A place where the process can be made to end as by SIGKILL, to prove that nothing is lost there.</summary>
/// <remarks>
/// Armed by <c>POSTERN_CRASH_AT=name</c>, or <c>name:n</c> for the n-th time the place is reached. Not armed, Tier-1 code holds
/// nothing of it: <see cref="Armed"/> is a constant there. Until a method is compiled so, a place is a call and a test (decision 0010).
/// </remarks>
internal static class CrashPoint
{
    public const string Variable = "POSTERN_CRASH_AT";

    /// <summary>Written to the error output before the end, followed by the name: whoever waits for it knows where it ended.</summary>
    public const string Message = "Postern ends at the crash point ";

    private static readonly CrashPointSetting? Setting = CrashPointSetting.Read(Environment.GetEnvironmentVariable(Variable));
    private static readonly bool Armed = Setting is not null;
    private static int reached;

    /// <summary>The wrong setting, in words; null when there is none or it is right. A typing error must not look like a node that survives.</summary>
    public static string? Fault => Setting is { } setting && !CrashPoints.All.Contains(setting.Name)
        ? $"{Variable} names no crash point: {setting.Name}. There are: {string.Join(", ", CrashPoints.All)}."
        : null;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Reach(string name)
    {
        if (Armed)
        {
            Meet(name);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Meet(string name)
    {
        if (name == Setting!.Name && Interlocked.Increment(ref reached) == Setting.Time)
        {
            End(name);
        }
    }

    [DoesNotReturn]
    private static void End(string name)
    {
        Console.Error.WriteLine(Message + name);
        Console.Error.Flush();

        // SIGKILL: no handler, no finally, no flush of anything. The signal may take a moment to arrive.
        Process.GetCurrentProcess().Kill();
        Thread.Sleep(Timeout.Infinite);
        throw new UnreachableException();
    }
}

/// <summary>Where to end, and at which time of coming there.</summary>
internal sealed record CrashPointSetting(string Name, int Time)
{
    public static CrashPointSetting? Read(string? value)
    {
        if (string.IsNullOrEmpty(value))
        {
            return null;
        }

        var colon = value.LastIndexOf(':');
        return colon > 0 && int.TryParse(value.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var time) && time > 0
            ? new(value[..colon], time)
            : new(value, 1);
    }
}
