namespace Postern.EndToEnd.Attacks.Tenancy;

internal enum TimeVerdict
{
    /// <summary>More pairs are needed.</summary>
    Open,

    /// <summary>Whatever is between them is too little to be used.</summary>
    Alike,

    /// <summary>One of them takes longer.</summary>
    Apart,
}

/// <summary>
/// Times of two calls, taken one after the other and in turns, and whether they can be told apart. Judged is the median of the differences,
/// with the bounds that its order statistics give: they hold whatever the times are distributed like, on a busy machine as well, and are
/// drawn together by more pairs alone.
/// </summary>
internal sealed class PairedTimes
{
    // The median is outside of the bounds once in 15,000 looks.
    private const double Deviations = 4;

    // A row that is read and another that is not there differ by 20 to 60 of 500 µs on a quiet machine: that much is to be seen.
    private const double LeastMicroseconds = 20;
    private const double LeastShare = 0.04;

    private readonly List<double> differences = [];
    private readonly List<double> references = [];

    public int Count => differences.Count;

    /// <param name="time">In microseconds, as the next.</param>
    public void Add(double time, double reference)
    {
        differences.Add(time - reference);
        references.Add(reference);
    }

    public TimeVerdict Judge()
    {
        var (low, high) = Bounds();
        var least = Math.Max(LeastMicroseconds, LeastShare * Median(references));
        return low > least || high < -least ? TimeVerdict.Apart : low > -least && high < least ? TimeVerdict.Alike : TimeVerdict.Open;
    }

    public override string ToString() => $"{Median(references):F0} µs, differing by {Bounds().Low:F0} to {Bounds().High:F0} µs in {Count} pairs";

    private (double Low, double High) Bounds()
    {
        var sorted = differences.Order().ToArray();
        var rank = Math.Max(0, (int)((sorted.Length / 2d) - (Deviations * Math.Sqrt(sorted.Length) / 2)));
        return (sorted[rank], sorted[^(rank + 1)]);
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
