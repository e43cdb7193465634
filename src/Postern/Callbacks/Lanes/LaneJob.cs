using Postern.Model;

namespace Postern.Callbacks.Lanes;

/// <summary>A callback that has been started.</summary>
/// <param name="Suspect">How its slot was counted.</param>
/// <param name="Probe">It shows whether an endpoint that was down is back.</param>
internal readonly record struct LaneJob(LaneQueue Queue, DueCallback Callback, bool Suspect, bool Probe)
{
    /// <summary>Its place in the lane's window; shared by all copies.</summary>
    public LanePlace Place { get; } = new();
}

/// <summary>A place in a window. It is given back once, by the answer or by the result. Used under the lane's lock.</summary>
internal sealed class LanePlace
{
    public bool IsGivenBack { get; set; }
}

/// <summary>Whether a lane has taken a callback.</summary>
internal enum LaneEntry
{
    Taken = 0,

    /// <summary>It has to wait on disk.</summary>
    Full = 1,

    /// <summary>The lane is no more.</summary>
    Closed = 2,
}

/// <summary>What a lane has let go of and has no place on disk yet.</summary>
internal readonly record struct LaneShed(IReadOnlyList<(LaneQueue Queue, DueCallback Callback)> Homeless)
{
    public static LaneShed Nothing => new([]);

    public void Defer(EndpointLanes lanes)
    {
        foreach (var (queue, callback) in Homeless)
        {
            lanes.Deferrals.Add(queue.Number, queue.Lane.Endpoint, queue.Consumer, callback);
        }
    }
}
