using Microsoft.Extensions.Logging;

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
}
