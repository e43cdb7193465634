using Postern.Faults;
using Postern.Model;

namespace Postern.Callbacks;

/// <summary>The crash points around the commit of a result: one pair for each outcome, since each is a write of its own.</summary>
internal static class CallbackCrashPoints
{
    public static void BeforeCommit(CallbackOutcome outcome)
    {
        switch (outcome)
        {
            case CallbackOutcome.Delivered:
                CrashPoint.Reach(CrashPoints.RecordBefore);
                break;
            case CallbackOutcome.RetryAt:
                CrashPoint.Reach(CrashPoints.RetryBeforeCommit);
                break;
            case CallbackOutcome.Parked:
                CrashPoint.Reach(CrashPoints.ParkBeforeCommit);
                break;
            case CallbackOutcome.Dead:
                CrashPoint.Reach(CrashPoints.BuryBeforeCommit);
                break;
            case CallbackOutcome.Gone:
                CrashPoint.Reach(CrashPoints.GoneBeforeCommit);
                break;
            case CallbackOutcome.Dropped:
                CrashPoint.Reach(CrashPoints.DropBeforeCommit);
                break;
        }
    }

    public static void AfterCommit(CallbackOutcome outcome)
    {
        switch (outcome)
        {
            case CallbackOutcome.Delivered:
                CrashPoint.Reach(CrashPoints.RecordAfterCommit);
                break;
            case CallbackOutcome.RetryAt:
                CrashPoint.Reach(CrashPoints.RetryAfterCommit);
                break;
            case CallbackOutcome.Parked:
                CrashPoint.Reach(CrashPoints.ParkAfterCommit);
                break;
            case CallbackOutcome.Dead:
                CrashPoint.Reach(CrashPoints.BuryAfterCommit);
                break;
            case CallbackOutcome.Gone:
                CrashPoint.Reach(CrashPoints.GoneAfterCommit);
                break;
            case CallbackOutcome.Dropped:
                CrashPoint.Reach(CrashPoints.DropAfterCommit);
                break;
        }
    }
}
