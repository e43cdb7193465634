using Microsoft.Extensions.Logging;

namespace Postern.Callbacks;

internal static partial class CallbacksLog
{
    [LoggerMessage(4003, LogLevel.Warning, "Callback {Callback} is owed again after the next start: {Reason}")]
    public static partial void LeftForNextStart(ILogger logger, long callback, string reason);

    [LoggerMessage(4004, LogLevel.Error, "Callback {Callback} could not be made")]
    public static partial void NotSent(ILogger logger, long callback, Exception exception);

    [LoggerMessage(4006, LogLevel.Warning, "Callback {Callback} is dead, and kept for replay: {Reason}")]
    public static partial void Dead(ILogger logger, long callback, string reason);

    [LoggerMessage(4007, LogLevel.Warning, "The receiver of callback {Callback} answered 410: subscription {Subscription} has ended")]
    public static partial void Gone(ILogger logger, long callback, string subscription);

    [LoggerMessage(4020, LogLevel.Warning, "Subscription {Subscription} is disabled: every attempt since {Since:u} failed. The last error: {Error}")]
    public static partial void Disabled(ILogger logger, string subscription, DateTimeOffset since, string error);

    [LoggerMessage(4005, LogLevel.Critical, "Callback {Callback} ended by an error that was not foreseen; it is owed again in a minute")]
    public static partial void Unforeseen(ILogger logger, long callback, Exception exception);

    [LoggerMessage(4008, LogLevel.Debug, "Callback {Callback} waits a little longer: {Reason}")]
    public static partial void Short(ILogger logger, long callback, string reason);

    [LoggerMessage(4010, LogLevel.Warning, "Endpoint {Endpoint} is down: its callbacks wait on disk, one attempt at a time shows whether it is back")]
    public static partial void EndpointDown(ILogger logger, string endpoint);

    [LoggerMessage(4011, LogLevel.Information, "Endpoint {Endpoint} is back; its callbacks go out at a rate that grows")]
    public static partial void EndpointBack(ILogger logger, string endpoint);

    [LoggerMessage(4012, LogLevel.Error, "The backlog of queue {Queue} could not be read; trying again")]
    public static partial void BacklogUnreadable(ILogger logger, int queue, Exception exception);

    [LoggerMessage(4014, LogLevel.Warning, "Only {Attempts} callbacks are under way at a time: the file descriptors allow {Sockets} sockets to receivers; raise the limit of open files")]
    public static partial void FewDescriptors(ILogger logger, int attempts, int sockets);

    [LoggerMessage(4013, LogLevel.Information, "Queues with callbacks that wait on disk: {Count}")]
    public static partial void QueuesFound(ILogger logger, long count);
}
