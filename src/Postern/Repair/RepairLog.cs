using Microsoft.Extensions.Logging;

namespace Postern.Repair;

/// <summary>Log messages of repair: event ids 8000–8099.</summary>
internal static partial class RepairLog
{
    [LoggerMessage(8000, LogLevel.Information, "Job {Job} ({Kind}) goes on: {Looked} looked at, {Done} owed again so far")]
    public static partial void Taken(ILogger logger, string job, string kind, long looked, long done);

    [LoggerMessage(8001, LogLevel.Information, "Job {Job} has ended ({State}): {Done} callbacks owed again. {Reason}")]
    public static partial void Ended(ILogger logger, string job, string state, long done, string? reason);

    [LoggerMessage(8002, LogLevel.Warning, "The store does not answer the jobs; they go on when it does: {Reason}")]
    public static partial void StoreUnavailable(ILogger logger, string reason);

    [LoggerMessage(8003, LogLevel.Information, "The store answers the jobs again")]
    public static partial void StoreAvailable(ILogger logger);

    [LoggerMessage(8004, LogLevel.Error, "Job {Job} failed by an error that was not foreseen")]
    public static partial void Unforeseen(ILogger logger, string job, Exception exception);
}
