using Microsoft.Extensions.Logging;
using Postern.Ports;

namespace Postern.Leading;

/// <summary>Log messages of this folder: events 7200 to 7299.</summary>
internal static partial class LeadingLog
{
    [LoggerMessage(7200, LogLevel.Information, "{Duty}: standing by, another node leads. This one follows as soon as that one ends")]
    public static partial void StandingBy(this ILogger logger, Duty duty);

    [LoggerMessage(7201, LogLevel.Information, "{Duty}: begins to lead")]
    public static partial void Begins(this ILogger logger, Duty duty);

    [LoggerMessage(7202, LogLevel.Information, "{Duty}: leads")]
    public static partial void Leads(this ILogger logger, Duty duty);

    [LoggerMessage(7203, LogLevel.Information, "The hub has {Count} callbacks again that the store had handed out")]
    public static partial void Rebuilt(this ILogger logger, long count);

    [LoggerMessage(7204, LogLevel.Warning, "The hub is away, and the start goes on without it: what is due waits in the store and is published when the hub is there. {Reason}")]
    public static partial void HubAway(this ILogger logger, string reason);

    [LoggerMessage(7205, LogLevel.Warning, "The hub went away while it was rebuilt, after {Count} callbacks; it is rebuilt again when it is back")]
    public static partial void RebuildInterrupted(this ILogger logger, long count);

    [LoggerMessage(7206, LogLevel.Error, "The store is unavailable: what is under way tries again until it answers, and nothing is lost. The first that could not be done: {What}. {Reason}")]
    public static partial void StoreUnavailable(this ILogger logger, string what, string reason);

    [LoggerMessage(7207, LogLevel.Information, "The store answers again")]
    public static partial void StoreAvailable(this ILogger logger);
}
