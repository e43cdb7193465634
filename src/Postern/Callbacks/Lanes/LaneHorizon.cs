using Postern.Configuration;
using Postern.Model.Retries;

namespace Postern.Callbacks.Lanes;

/// <summary>
/// The farthest ahead that anything can be due. What is due later than that was planned by a clock that has been set back since:
/// its time would come too late by as much, so it is due at once.
/// </summary>
internal sealed class LaneHorizon(LiveConfiguration live)
{
    // A callback that is put off by the gateway itself is no retry: no policy bounds it.
    private static readonly TimeSpan Least = TimeSpan.FromHours(1);

    private volatile Known? known;

    private sealed record Known(PosternConfiguration For, TimeSpan Longest);

    public DateTimeOffset After(DateTimeOffset now) => now + Longest();

    /// <summary>When a callback with this due time comes to be due, in milliseconds since 1970; never stays never.</summary>
    public long Due(long at, DateTimeOffset now) =>
        at == LaneQueue.Never || at <= After(now).ToUnixTimeMilliseconds() ? at : now.ToUnixTimeMilliseconds();

    // No retry is planned behind the end of its budget, and no subscription has a longer one than its API.
    internal static TimeSpan LongestOf(PosternConfiguration configuration) => configuration.Apis.Values
        .Select(api => api.Retry?.GiveUpAfter ?? TimeSpan.Zero)
        .Append(configuration.Callbacks.Retry.GiveUpAfter ?? RetryPolicy.Default.GiveUpAfter).Append(Least).Max();

    private TimeSpan Longest()
    {
        var current = live.Current;
        if (known is not { } held || !ReferenceEquals(held.For, current))
        {
            known = held = new Known(current, LongestOf(current));
        }

        return held.Longest;
    }
}
