namespace Postern.Model.Limits;

/// <summary>
/// Holds back what comes too fast. It is told the rate each time it is asked, so that a changed rate holds at once and fills
/// nothing up. A new one holds what the time since zero gives, one that is <see cref="Full"/> all that a rate allows.
/// </summary>
internal struct TokenBucket
{
    private double tokens;
    private TimeSpan at;

    public static TokenBucket Full => new() { tokens = double.MaxValue };

    /// <summary>Whole tokens that are left.</summary>
    public readonly double Left => Math.Floor(tokens);

    public bool Has(TokenRate rate, TimeSpan now)
    {
        Fill(rate, now);
        return rate.IsUnlimited || tokens >= 1;
    }

    public void Take()
    {
        tokens = Math.Max(0, tokens - 1);
    }

    /// <summary>When the next token is there. Asked after <see cref="Has"/> said no.</summary>
    public readonly TimeSpan Next(TokenRate rate, TimeSpan now) => now + TimeFor(1 - tokens, rate);

    /// <summary>How long until nothing more can be saved up.</summary>
    public readonly TimeSpan UntilFull(TokenRate rate) => rate.IsUnlimited || tokens >= rate.Burst ? TimeSpan.Zero : TimeFor(rate.Burst - tokens, rate);

    /// <summary>Leaves nothing saved up.</summary>
    public void Empty(TimeSpan now) => (tokens, at) = (0, now);

    /// <summary>Adds what the time has brought. Told the old rate before a new one holds, it gives nothing away.</summary>
    public void Fill(TokenRate rate, TimeSpan now)
    {
        if (!rate.IsUnlimited)
        {
            tokens = Math.Min(rate.Burst, tokens + (Math.Max(0, (now - at).TotalSeconds) * rate.PerSecond));
        }

        at = now;
    }

    private static TimeSpan TimeFor(double missing, TokenRate rate)
    {
        var wait = missing / rate.PerSecond;
        return wait < 3600 ? TimeSpan.FromSeconds(Math.Max(wait, 0.001)) : TimeSpan.FromHours(1);
    }
}
