namespace Postern.Callbacks.Lanes;

internal enum BreakerState
{
    /// <summary>Attempts are made.</summary>
    Closed = 0,

    /// <summary>None is made.</summary>
    Open = 1,

    /// <summary>One is under way, to see whether the endpoint is back.</summary>
    Probing = 2,
}

/// <summary>
/// Keeps callbacks from an endpoint that is down, so that they spend no attempts on it. Times are monotonic: a clock that is set
/// neither opens nor closes it.
/// </summary>
/// <param name="Failures">One after the other, no answer between them.</param>
/// <param name="First">When the first of them happened.</param>
/// <param name="Openings">How often it was opened since the endpoint last answered.</param>
/// <param name="Until">When the next probe may go.</param>
internal readonly record struct LaneBreaker(BreakerState State, int Failures, TimeSpan First, int Openings, TimeSpan Until)
{
    public const int Threshold = 5;

    /// <summary>Failures of one moment are one mishap: a restart of the endpoint drops a whole window at once.</summary>
    public static readonly TimeSpan Span = TimeSpan.FromSeconds(1);

    public static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(1);

    /// <summary>An endpoint that is back waits no longer than this, and no answer of one tenant of a host stops the others for longer.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    /// <summary>An attempt may start: closed, or its pause is over.</summary>
    public bool Allows(TimeSpan now) => State == BreakerState.Closed || (State == BreakerState.Open && now >= Until);

    public LaneBreaker Probe() => this with { State = BreakerState.Probing };

    /// <summary>The probe ended before it was sent: the next callback may be it.</summary>
    public LaneBreaker Withdraw() => State == BreakerState.Probing ? this with { State = BreakerState.Open } : this;

    public static LaneBreaker Answered() => default;

    /// <param name="probe">It was the probe that failed; what was under way before the breaker opened says nothing new.</param>
    /// <param name="narrow">The window was down to one: failures come one by one.</param>
    /// <param name="asked">What the endpoint asked for with <c>Retry-After</c>: a pause for the whole lane, at once.</param>
    /// <param name="random">From 0 to 1: endpoints that went down together are not probed together.</param>
    public LaneBreaker Failed(TimeSpan now, bool probe, bool narrow, TimeSpan? asked, double random)
    {
        if (State != BreakerState.Closed && !probe)
        {
            return this;
        }

        var (failures, first) = (Failures + 1, Failures == 0 ? now : First);
        var opens = State == BreakerState.Probing || asked is not null || (failures >= Threshold && (narrow || now - first >= Span));
        if (!opens)
        {
            return this with { Failures = failures, First = first };
        }

        var pause = Pause(Openings, random);
        pause = asked > pause ? (asked.Value < LongestPause ? asked.Value : LongestPause) : pause;
        return new LaneBreaker(BreakerState.Open, failures, first, Openings + 1, now + pause);
    }

    /// <summary>1 s, 2 s, 4 s … 5 min, a quarter more or less.</summary>
    public static TimeSpan Pause(int openings, double random)
    {
        var pause = ShortestPause.TotalSeconds * Math.Pow(2, Math.Min(openings, 20)) * (0.75 + 0.5 * random);
        return TimeSpan.FromSeconds(Math.Clamp(pause, ShortestPause.TotalSeconds, LongestPause.TotalSeconds));
    }
}
