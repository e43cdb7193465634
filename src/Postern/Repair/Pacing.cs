namespace Postern.Repair;

/// <summary>How a job keeps to its rate: small steps, each followed by the time that what it owed again is worth.</summary>
internal static class Pacing
{
    // One commit of more would keep the store's writer from everybody else.
    private const int MostItems = 500;

    private const int StepsPerSecond = 4;

    /// <summary>Callbacks of one step.</summary>
    public static int StepSize(int rate) => Math.Clamp(rate / StepsPerSecond, 1, MostItems);

    /// <summary>When the next step may begin, in ticks of a clock that only goes forward.</summary>
    /// <param name="due">When the step before was to begin.</param>
    /// <param name="now">When it ended.</param>
    /// <param name="owed">Callbacks it owed again.</param>
    /// <remarks>From when it was due and not from when it ended, so that slow steps do not slow the job down; what was lost by more than
    /// one step is not made up for: that would be a burst.</remarks>
    public static TimeSpan Next(TimeSpan due, TimeSpan now, int owed, int rate)
    {
        var pause = TimeSpan.FromSeconds((double)owed / rate);
        var next = due + pause;
        return next >= now ? next : now - next < pause ? next : now;
    }
}
