using Microsoft.Extensions.Logging;

namespace Postern.Hosting;

internal static partial class HostingLog
{
    [LoggerMessage(EventId = 100, Level = LogLevel.Information, Message = "Gateway on {Gateway}, admin on {Admin}; APIs: {Apis}")]
    public static partial void Started(ILogger logger, string gateway, string admin, IEnumerable<string> apis);

    [LoggerMessage(EventId = 101, Level = LogLevel.Information, Message = "Stopped: nothing is under way any more")]
    public static partial void Stopped(ILogger logger);
}
