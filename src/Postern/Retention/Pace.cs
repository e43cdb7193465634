namespace Postern.Retention;

/// <summary>How fast old things go: a step holds the store for 5 ms, and all steps together for a twentieth of the time.</summary>
internal static class Pace
{
    public const int First = 128;

    private const int Least = 16;
    private const int Most = 8192;
    private const int Share = 20;
    private static readonly TimeSpan Target = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    /// <summary>The rows of the next step, from how long the last one held the store: at most twice as many, and fewer at once.</summary>
    public static int Next(int limit, TimeSpan held) =>
        (int)Math.Clamp(held * 2 <= Target ? limit * 2L : limit * (Target / held), Least, Most);

    public static TimeSpan PauseAfter(TimeSpan held) => held * (Share - 1) < Longest ? held * (Share - 1) : Longest;

    /// <summary>How often something that is kept for a time is looked through: nothing stays more than a hundredth of that time, or an hour, too long.</summary>
    public static TimeSpan Interval(TimeSpan keep) => TimeSpan.FromTicks(Math.Clamp(keep.Ticks / 100, TimeSpan.TicksPerMinute, TimeSpan.TicksPerHour));
}
