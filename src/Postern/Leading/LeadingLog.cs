using Microsoft.Extensions.Logging;

namespace Postern.Leading;

/// <summary>Log messages of this folder: events 7200 to 7299.</summary>
internal static partial class LeadingLog
{
    [LoggerMessage(7200, LogLevel.Information, "Standing by: another node leads. This one matches events and calls back as soon as that one ends")]
    public static partial void StandingBy(this ILogger logger);

    [LoggerMessage(7201, LogLevel.Information, "Begins to lead: matches events, calls back and expires what is old")]
    public static partial void Begins(this ILogger logger);

    [LoggerMessage(7202, LogLevel.Information, "Leads")]
    public static partial void Leads(this ILogger logger);
}
