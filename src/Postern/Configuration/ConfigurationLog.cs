using Microsoft.Extensions.Logging;

namespace Postern.Configuration;

/// <summary>Event ids 6000 to 6099.</summary>
internal static partial class ConfigurationLog
{
    [LoggerMessage(6000, LogLevel.Information, "Configuration {Path} was saved and taken.")]
    public static partial void Taken(this ILogger logger, string path);

    [LoggerMessage(6001, LogLevel.Error, "Configuration refused: {Error}")]
    public static partial void Refused(this ILogger logger, ConfigurationError error);

    [LoggerMessage(6002, LogLevel.Error, "The configuration that ran before runs on; errors to correct in {Path}: {Count}.")]
    public static partial void KeptLastGood(this ILogger logger, int count, string path);

    [LoggerMessage(6003, LogLevel.Warning, "Changes in {Directory} are noticed every {Seconds} s only: the system does not announce them.")]
    public static partial void NotAnnounced(this ILogger logger, string directory, double seconds, Exception exception);

    [LoggerMessage(6004, LogLevel.Error, "The new configuration runs, but not everything took it over.")]
    public static partial void ChangedFailed(this ILogger logger, Exception exception);
}
