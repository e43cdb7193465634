using Microsoft.Extensions.Logging;
using Postern.Model;

namespace Postern.Subscriptions;

/// <summary>What the subscriptions role logs; its event ids are 2000 to 2099. Never a callback URL: its path or query may carry a token.</summary>
internal static partial class SubscriptionsLog
{
    [LoggerMessage(2000, LogLevel.Information, "{Consumer} subscribed to {Path}: {Subscription}")]
    public static partial void Subscribed(this ILogger logger, string consumer, string path, string subscription);

    [LoggerMessage(2001, LogLevel.Information, "{Consumer} unsubscribed from {Path}: {Subscription}")]
    public static partial void Unsubscribed(this ILogger logger, string consumer, string path, string subscription);

    [LoggerMessage(2002, LogLevel.Information, "{Consumer} rotated the secret of {Subscription}; older ones stop signing at {Until:u}")]
    public static partial void SecretRotated(this ILogger logger, string consumer, string subscription, DateTimeOffset until);

    [LoggerMessage(2003, LogLevel.Warning, "The schema {File} of event type {Type} cannot be read, the catalogue leaves it out: {Reason}")]
    public static partial void SchemaUnreadable(this ILogger logger, string file, string type, string reason);

    [LoggerMessage(2004, LogLevel.Information, "Subscription {Subscription} is {State}: {Reason}")]
    public static partial void Proved(this ILogger logger, string subscription, SubscriptionState state, string reason);

    [LoggerMessage(2005, LogLevel.Error, "The receiver of subscription {Subscription} could not be asked for its consent")]
    public static partial void NotAsked(this ILogger logger, string subscription, Exception exception);

    [LoggerMessage(2006, LogLevel.Warning, "The store is unavailable, receivers are asked for their consent later: {Reason}")]
    public static partial void ProofsUnread(this ILogger logger, string reason);
}
