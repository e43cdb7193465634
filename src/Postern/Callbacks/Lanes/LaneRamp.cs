namespace Postern.Callbacks.Lanes;

/// <summary>How fast a lane may go after its endpoint has recovered: what has piled up must not knock it down again.</summary>
internal static class LaneRamp
{
    public const double Initial = 16;

    // 16 × 2^13 attempts a second are beyond what one node makes.
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(13);

    /// <summary>Attempts per second: doubles each second, until it holds nothing back.</summary>
    public static double Rate(TimeSpan sinceRecovery) =>
        sinceRecovery >= Length ? double.PositiveInfinity : Initial * Math.Pow(2, Math.Floor(Math.Max(0, sinceRecovery.TotalSeconds)));
}
