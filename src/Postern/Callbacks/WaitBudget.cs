using Postern.Configuration;
using Postern.Model;

namespace Postern.Callbacks;

/// <summary>
/// How long a callback waits for an endpoint that takes none: as long as its retries would have taken. One whose turn comes at an
/// endpoint that is up gets its attempt, however late.
/// </summary>
internal static class WaitBudget
{
    public static bool IsOver(in DueCallback callback, CallbacksConfiguration configuration, DateTimeOffset now)
    {
        var longest = configuration.Schedule.Aggregate(TimeSpan.Zero, static (sum, wait) => sum + wait) * (1 + configuration.Jitter);
        return callback.Since > 0 && now - DateTimeOffset.FromUnixTimeMilliseconds(callback.Since) > longest;
    }
}
