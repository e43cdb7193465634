using Microsoft.Extensions.Logging;

namespace Postern.RabbitMq;

/// <summary>The log messages of the hub over RabbitMQ: event ids 620–639.</summary>
internal static partial class BrokerLog
{
    [LoggerMessage(620, LogLevel.Information, "The hub is connected: {Partitions} queues, {Queues}.0 and on")]
    public static partial void Opened(ILogger logger, int partitions, string queues);

    [LoggerMessage(621, LogLevel.Warning, "The hub is away, what is due waits in the store; it is connected again as soon as it can be. {Reason}")]
    public static partial void Away(ILogger logger, string reason);

    [LoggerMessage(622, LogLevel.Warning, "The queue {Queue} takes no messages: it is removed and made anew, and what was in it comes from the store")]
    public static partial void QueueRemoved(ILogger logger, string queue);

    [LoggerMessage(623, LogLevel.Warning, "A message of {Bytes} bytes in the queue {Queue} is none of this program, or of a newer version: it is dropped, the store has what is due")]
    public static partial void MessageUnreadable(ILogger logger, string queue, int bytes);

    [LoggerMessage(624, LogLevel.Information, "The broker takes messages again")]
    public static partial void Unblocked(ILogger logger);

    [LoggerMessage(625, LogLevel.Debug, "The broker did not answer to the end of a connection in time")]
    public static partial void CloseUnanswered(ILogger logger);

    [LoggerMessage(626, LogLevel.Error, "The hub met an error that was not foreseen, and connects again")]
    public static partial void Unforeseen(ILogger logger, Exception exception);
}
