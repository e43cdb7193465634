using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Forwarder;

namespace Postern.Gateway;

/// <summary>What the gateway logs; event ids 1000 to 1099.</summary>
internal static partial class GatewayLog
{
    [LoggerMessage(1000, LogLevel.Error, "The call {RequestId} failed inside the gateway")]
    public static partial void CallFailed(this ILogger logger, Exception exception, string requestId);

    [LoggerMessage(1001, LogLevel.Warning, "The API {Api} cannot be reached at {Address}: {Reason}")]
    public static partial void UpstreamUnreachable(this ILogger logger, string api, string address, string reason);

    [LoggerMessage(1002, LogLevel.Warning, "A call to the API {Api} at {Address} failed ({Error}): {Reason}")]
    public static partial void ForwardingFailed(this ILogger logger, string api, string address, ForwarderError error, string reason);

    [LoggerMessage(1003, LogLevel.Error, "LOST: a change of the API {Api} ({Type}) went through but could not be staged; nobody is called back for it: {Reason}")]
    public static partial void CaptureLost(this ILogger logger, string api, string type, string reason, Exception? unforeseen);

    [LoggerMessage(1004, LogLevel.Error, "A change of the API {Api} ({Type}) went through but could not be staged; its caller was answered 503: {Reason}")]
    public static partial void CaptureRefused(this ILogger logger, string api, string type, string reason, Exception? unforeseen);

    [LoggerMessage(1005, LogLevel.Information, "Stopping: not ready from now on, and calls are taken for {Drain} more")]
    public static partial void Drains(this ILogger logger, TimeSpan drain);

    [LoggerMessage(1050, LogLevel.Information, "The keys of the issuer {Issuer} were fetched: {Keys} of them can be used")]
    public static partial void IssuerKeysTaken(this ILogger logger, string issuer, int keys);

    [LoggerMessage(1051, LogLevel.Warning, "The keys of the issuer {Issuer} could not be fetched ({Reason}); older ones are there: {HasOlder}")]
    public static partial void IssuerKeysNotFetched(this ILogger logger, string issuer, string reason, bool hasOlder);
}
