#if BROKEN
namespace Postern.Faults;

/// <summary>
/// Faults built in on purpose (<c>-p:PosternBroken=true</c>), to see that the ledger of <c>crash-test</c> finds them. No program
/// that is handed out has them: without the property nothing of this file, nor of the places that ask it, is compiled.
/// </summary>
internal static class Broken
{
    private static readonly string? Chosen = Environment.GetEnvironmentVariable("POSTERN_BROKEN");

    /// <summary>Waiters hear of success before COMMIT, and the commit takes its time.</summary>
    public static bool AcknowledgesBeforeCommit { get; } = Chosen == "acknowledge-before-commit";

    /// <summary>A commit is not synced to the disk. A kill does not show it, a loss of power does.</summary>
    public static bool DoesNotSync { get; } = Chosen == "synchronous-normal";

    /// <summary>The hub is empty after a start.</summary>
    public static bool DoesNotRebuild { get; } = Chosen == "hub-not-rebuilt";

    /// <summary>A callback is struck off before it is sent.</summary>
    public static bool IsDoneBeforeSent { get; } = Chosen == "done-before-sent";

    /// <summary>The listener's cursor is committed first, its callbacks after that.</summary>
    public static bool MovesCursorApart { get; } = Chosen == "cursor-apart";

    /// <summary>How wide the gap of a fault is held open: a kill at random finds it within a few tries.</summary>
    public static TimeSpan Gap { get; } = TimeSpan.FromMilliseconds(20);
}
#endif
