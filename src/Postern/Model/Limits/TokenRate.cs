namespace Postern.Model.Limits;

/// <summary>How fast a bucket fills, and how much it holds.</summary>
/// <param name="PerSecond">Tokens that come in per second; infinity: no limit.</param>
/// <param name="Burst">Saved up at most; 1 or more.</param>
internal readonly record struct TokenRate(double PerSecond, double Burst)
{
    public bool IsUnlimited => double.IsPositiveInfinity(PerSecond);

    /// <summary>A rate that nothing is saved up at, but for what a timer that is late by a tenth of a second owes.</summary>
    public static TokenRate Even(double perSecond) => new(perSecond, Math.Max(1, perSecond / 10));
}
