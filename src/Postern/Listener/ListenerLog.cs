using Microsoft.Extensions.Logging;

namespace Postern.Listener;

/// <summary>Log messages of the listener: event ids 5000–5099.</summary>
internal static partial class ListenerLog
{
    [LoggerMessage(5000, LogLevel.Information, "The listener has {Count} subscriptions and goes on after event {Cursor}.")]
    public static partial void Started(ILogger logger, int count, long cursor);

    [LoggerMessage(5001, LogLevel.Warning, "The store does not answer the listener; trying again until it does. Nothing is lost, events wait in the log: {Reason}")]
    public static partial void StoreUnavailable(ILogger logger, string reason);

    [LoggerMessage(5002, LogLevel.Information, "The store answers the listener again.")]
    public static partial void StoreAvailable(ILogger logger);

    [LoggerMessage(5003, LogLevel.Error, "The filter of subscription {Subscription} failed on event {Event}: it counts as not matching.")]
    public static partial void FilterFailed(ILogger logger, long subscription, string @event, Exception exception);

    [LoggerMessage(5004, LogLevel.Error, "The stored filter of subscription {Subscription} cannot be read: it takes no events. {Message}")]
    public static partial void FilterUnreadable(ILogger logger, string subscription, string message);

    [LoggerMessage(5005, LogLevel.Critical, "The listener stops after event {Cursor}: events are no longer matched by this process.")]
    public static partial void Stopped(ILogger logger, long cursor, Exception exception);

    [LoggerMessage(5006, LogLevel.Error, "Event {Event} could not be matched: it goes to none of the subscriptions that had not been asked.")]
    public static partial void EventFailed(ILogger logger, string @event, Exception exception);
}
