namespace Postern.Model.Limits;

/// <summary>
/// What one caller, route or host has used of its limits: its bucket, and what it has under way. It outlives every
/// configuration, so that a change of the limits fills nothing up.
/// </summary>
internal sealed class LimitState
{
    // A dozen instructions: those who share one state wait less for it than a compare-and-swap of two fields would cost.
    private readonly Lock gate = new();
    private TokenBucket bucket = TokenBucket.Full;
    private TokenRate? told;
    private TimeSpan booked;
    private int running;
    private bool closed;

    /// <summary>Takes one of so many places.</summary>
    public LimitEntry Enter(int places)
    {
        lock (gate)
        {
            if (closed)
            {
                return LimitEntry.Closed;
            }

            if (running >= places)
            {
                return LimitEntry.Full;
            }

            running++;
            return LimitEntry.Entered;
        }
    }

    /// <summary>Gives the place back.</summary>
    public void Leave()
    {
        lock (gate)
        {
            running--;
        }
    }

    /// <summary>Takes a token, if there is one.</summary>
    public TokenAnswer Take(TokenRate rate, TimeSpan now)
    {
        lock (gate)
        {
            if (told is { } before && before != rate)
            {
                bucket.Fill(before, now);
            }

            told = rate;
            if (!bucket.Has(rate, now))
            {
                return new TokenAnswer(false, 0, bucket.Next(rate, now) - now, bucket.UntilFull(rate));
            }

            bucket.Take();
            return new TokenAnswer(true, bucket.Left, TimeSpan.Zero, bucket.UntilFull(rate));
        }
    }

    /// <summary>
    /// How long the next of those who found nothing waits: each longer than the one before, as fast as the rate lets them through.
    /// Told the same time, all would come back at once and find nothing again.
    /// </summary>
    public TimeSpan Book(TokenRate rate, TimeSpan now)
    {
        lock (gate)
        {
            var turn = TimeSpan.FromSeconds(1 / rate.PerSecond);
            booked = (booked > now ? booked : now) + turn;
            return booked - now;
        }
    }

    /// <summary>Closes it when it could be forgotten without a gift: nothing is under way and its bucket is full.</summary>
    public bool TryClose(TimeSpan now)
    {
        lock (gate)
        {
            if (running == 0 && told is { } rate)
            {
                bucket.Fill(rate, now);
                closed = bucket.UntilFull(rate) == TimeSpan.Zero;
            }
            else
            {
                closed = running == 0;
            }

            return closed;
        }
    }
}

/// <summary>What a bucket said.</summary>
/// <param name="Taken">There was a token.</param>
/// <param name="Left">Whole tokens that are left.</param>
/// <param name="Wait">Until the next one, where there was none.</param>
/// <param name="UntilFull">Until all of them are there again.</param>
internal readonly record struct TokenAnswer(bool Taken, double Left, TimeSpan Wait, TimeSpan UntilFull);

internal enum LimitEntry
{
    Entered = 0,

    /// <summary>All places are taken.</summary>
    Full = 1,

    /// <summary>It has been forgotten: ask for a new one.</summary>
    Closed = 2,
}
