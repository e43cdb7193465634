namespace Postern.Server.CrashTest;

/// <summary>The receiver's addresses, each an endpoint of its own to the node.</summary>
internal enum EndpointKind
{
    /// <summary>Takes everything at once.</summary>
    Steady = 0,

    /// <summary>Refuses the first attempt of some events, and one attempt in ten of all: 503, 500, 429.</summary>
    Flaky = 1,

    /// <summary>Answers after 50 to 300 ms.</summary>
    Slow = 2,

    /// <summary>Answers nothing for some seconds, then lives for some.</summary>
    Hanging = 3,

    /// <summary>Steady, for subscriptions that keep the order.</summary>
    Ordered = 4,

    /// <summary>Steady, for subscriptions that come and go.</summary>
    Passing = 5,

    /// <summary>Refuses everything: its callbacks die.</summary>
    Refusing = 6,

    /// <summary>Answers 410: its subscriptions end.</summary>
    Gone = 7,
}

/// <summary>What an endpoint answers, and when. Healed, every one is steady.</summary>
internal static class EndpointBehaviour
{
    private static readonly int[] Refusals = [503, 500, 429];
    private static readonly TimeSpan HangingPeriod = TimeSpan.FromSeconds(12);
    private static readonly TimeSpan HangingFor = TimeSpan.FromSeconds(4);

    /// <param name="first">This event has not been here before.</param>
    /// <param name="elapsed">Since the receiver was started.</param>
    /// <param name="random">From 0 to 1.</param>
    /// <returns>The status, after the delay; a delay without end: no answer.</returns>
    public static (int Status, TimeSpan Delay) Of(EndpointKind kind, uint number, bool first, TimeSpan elapsed, double random) => kind switch
    {
        EndpointKind.Flaky when (first && number % 3 == 0) || random < 0.1 => (Refusals[number % Refusals.Length], TimeSpan.Zero),
        EndpointKind.Slow => (204, TimeSpan.FromMilliseconds(50 + random * 250)),
        EndpointKind.Hanging when elapsed.Ticks % HangingPeriod.Ticks < HangingFor.Ticks => (0, Timeout.InfiniteTimeSpan),
        EndpointKind.Refusing => (500, TimeSpan.Zero),
        EndpointKind.Gone => (410, TimeSpan.Zero),
        _ => (204, TimeSpan.Zero),
    };
}
