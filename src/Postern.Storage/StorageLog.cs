using Microsoft.Extensions.Logging;

namespace Postern.Storage;

/// <summary>The log messages of the stores: event ids 600–619.</summary>
internal static partial class StorageLog
{
    [LoggerMessage(600, LogLevel.Information, "Store {Path} is open: {Events} events, {Owed} callbacks owed, {Subscriptions} subscriptions")]
    public static partial void Opened(ILogger logger, string path, long events, long owed, long subscriptions);

    [LoggerMessage(601, LogLevel.Error, "The store cannot write, refuses every change and goes on by itself when it can: {Why}")]
    public static partial void Failed(ILogger logger, string why, Exception exception);

    [LoggerMessage(602, LogLevel.Error, "The store still cannot write: {Why}")]
    public static partial void StillFailing(ILogger logger, string why);

    [LoggerMessage(603, LogLevel.Warning, "The store {Path} writes again")]
    public static partial void Recovered(ILogger logger, string path);

    [LoggerMessage(604, LogLevel.Warning, "A checkpoint failed and is tried again; nothing is lost: {Why}")]
    public static partial void CheckpointFailed(ILogger logger, string why);

    [LoggerMessage(610, LogLevel.Error, "Event {Sequence} is damaged on disk: what was read is not what was staged. It is not sent. Check the disk, and restore the store from a backup")]
    public static partial void EventDamaged(ILogger logger, long sequence);

    [LoggerMessage(606, LogLevel.Critical, "A sync of the store failed, nothing is written any more, start Postern again when the disk is sound: {Why}")]
    public static partial void SyncFailed(ILogger logger, string why, Exception exception);

    [LoggerMessage(605, LogLevel.Error, "A handler of subscription changes failed: {Subscription}")]
    public static partial void HandlerFailed(ILogger logger, string subscription, Exception exception);
}
