namespace Postern.Callbacks.Lanes;

/// <summary>
/// Spreads attempts over time. It is told the rate each time it is asked, so that a changed rate holds at once and fills
/// nothing up. A new one holds what a tenth of a second gives.
/// </summary>
internal struct TokenBucket
{
    private double tokens;
    private TimeSpan at;

    /// <param name="rate">Attempts per second; infinity: no limit.</param>
    public bool Has(double rate, TimeSpan now)
    {
        Fill(rate, now);
        return double.IsPositiveInfinity(rate) || tokens >= 1;
    }

    public void Take()
    {
        tokens = Math.Max(0, tokens - 1);
    }

    /// <summary>When the next attempt may start. Asked after <see cref="Has"/> said no.</summary>
    public readonly TimeSpan Next(double rate, TimeSpan now)
    {
        var wait = (1 - tokens) / rate;
        return now + (wait < 3600 ? TimeSpan.FromSeconds(Math.Max(wait, 0.001)) : TimeSpan.FromHours(1));
    }

    /// <summary>Leaves nothing saved up.</summary>
    public void Empty(TimeSpan now) => (tokens, at) = (0, now);

    /// <summary>Saved up at most: what a timer that is late by a tenth of a second owes.</summary>
    public static double Burst(double rate) => Math.Max(1, rate / 10);

    private void Fill(double rate, TimeSpan now)
    {
        if (double.IsPositiveInfinity(rate))
        {
            at = now;
            return;
        }

        tokens = Math.Min(Burst(rate), tokens + Math.Max(0, (now - at).TotalSeconds) * rate);
        at = now;
    }
}
