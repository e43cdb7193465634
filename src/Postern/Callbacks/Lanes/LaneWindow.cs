using Postern.Callbacks.Outcomes;
using Postern.Callbacks.Sending;

namespace Postern.Callbacks.Lanes;

/// <summary>What an attempt tells about its endpoint's strength.</summary>
internal enum LaneSignal
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>It takes callbacks.</summary>
    Good = 1,

    /// <summary>It does not answer, or says that it is too much.</summary>
    Bad = 2,
}

/// <summary>How many attempts may be under way at one endpoint.</summary>
internal static class LaneWindow
{
    /// <summary>A new lane starts with one: an endpoint that hangs from the beginning never holds more than one socket.</summary>
    public const int Initial = 1;

    /// <summary>
    /// One more with each success (which doubles the window per round trip), half with each failure: within one timeout a
    /// hanging endpoint is down to one.
    /// </summary>
    public static int Next(int window, int max, LaneSignal signal) => signal switch
    {
        LaneSignal.Good => Math.Min(window + 1, max),
        LaneSignal.Bad => Math.Min(Math.Max(1, window / 2), max),
        _ => Math.Min(window, max),
    };

    /// <param name="stalled">The response began but did not end before the deadline.</param>
    public static LaneSignal Signal(in Reply reply, bool stalled) => stalled ? LaneSignal.Bad : OutcomeTable.Of(reply).Lane;
}
