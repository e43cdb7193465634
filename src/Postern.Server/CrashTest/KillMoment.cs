namespace Postern.Server.CrashTest;

/// <summary>When a life of the node ends: most some time after it is ready, some while it is still coming up.</summary>
/// <param name="AfterReady">Counted from when it is ready; otherwise from its start.</param>
internal readonly record struct KillMoment(bool AfterReady, TimeSpan Wait)
{
    private const double DuringRecovery = 0.15;

    public static KillMoment Draw(Random random) => random.NextDouble() < DuringRecovery
        ? new(AfterReady: false, TimeSpan.FromMilliseconds(random.Next(20, 600)))
        : new(AfterReady: true, TimeSpan.FromMilliseconds(random.Next(50, 2000)));
}
