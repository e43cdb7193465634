using Microsoft.Extensions.Logging;
using Postern.Ports;

namespace Postern.Retention;

/// <summary>What the retention role logs; its event ids are 8000 to 8099.</summary>
internal static partial class RetentionLog
{
    [LoggerMessage(8000, LogLevel.Information, "{Count} {Kind} older than {Keep} have been removed")]
    public static partial void Expired(this ILogger logger, long count, ExpiryKind kind, TimeSpan keep);

    [LoggerMessage(8001, LogLevel.Warning, "{Count} dead callbacks have been removed: nobody replayed them within {Keep} (retention.dead)")]
    public static partial void DeadExpired(this ILogger logger, long count, TimeSpan keep);

    [LoggerMessage(8002, LogLevel.Information, "The store had {Used} bytes of {Limit} (retention.maxBytes): {Attempts} attempts and {Events} events have been removed, the oldest first")]
    public static partial void Shrunk(this ILogger logger, long used, long limit, long attempts, long events);

    [LoggerMessage(8003, LogLevel.Warning, "The store has {Used} bytes and may have {Limit} (retention.maxBytes), but everything that is left is owed or needed. Look at what is owed, or give it more room")]
    public static partial void StillTooLarge(this ILogger logger, long used, long limit);

    [LoggerMessage(8004, LogLevel.Warning, "Old history could not be removed and is tried again: {Reason}")]
    public static partial void Failed(this ILogger logger, string reason);

    [LoggerMessage(8010, LogLevel.Information, "Erasure {Id} begins or goes on")]
    public static partial void ErasureBegins(this ILogger logger, string id);

    [LoggerMessage(8011, LogLevel.Information, "Erasure {Id} has ended: {Events} events, {Callbacks} callbacks, {Attempts} attempts, {Subscriptions} subscriptions, {Answers} answers")]
    public static partial void Erased(this ILogger logger, string id, long events, long callbacks, long attempts, long subscriptions, long answers);
}
