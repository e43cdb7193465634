using System.Net;
using Microsoft.Extensions.Logging;

namespace Postern.Egress;

internal static partial class EgressLog
{
    [LoggerMessage(3001, LogLevel.Warning, "Refused to call {Host}:{Port}; list its address in egress.allow if it may be called")]
    public static partial void Refused(ILogger logger, string host, int port);

    [LoggerMessage(3002, LogLevel.Debug, "{Address} cannot be reached, trying the host's next address: {Reason}")]
    public static partial void NextAddress(ILogger logger, IPEndPoint address, string reason);

    [LoggerMessage(3004, LogLevel.Warning, "A certificate for outbound calls ends on {Until:u}: {Certificate}; renew it where it was given")]
    public static partial void CertificateEnds(ILogger logger, string certificate, DateTimeOffset until);

    [LoggerMessage(3003, LogLevel.Information, "The rules of egress have changed: new connections from now on")]
    public static partial void RulesChanged(ILogger logger);

    [LoggerMessage(3010, LogLevel.Information, "{Count} secrets of the store are encrypted with the key {Key} now")]
    public static partial void Resealed(this ILogger logger, int count, string key);

    [LoggerMessage(3011, LogLevel.Error, "{Count} secrets of the store do not open with any known key. The first: {Fault}")]
    public static partial void Unreadable(this ILogger logger, int count, string fault);

    [LoggerMessage(3012, LogLevel.Warning, "Encrypting old secrets with the first key waits for the store: {Reason}")]
    public static partial void ResealingWaits(this ILogger logger, string reason);

    [LoggerMessage(3020, LogLevel.Warning, "The gateway {Gateway} cannot be sent through now: {Reason}")]
    public static partial void GatewayAway(ILogger logger, string gateway, string reason);

    [LoggerMessage(3021, LogLevel.Information, "The gateway {Gateway} can be sent through again")]
    public static partial void GatewayBack(ILogger logger, string gateway);

    // The node that asked records it with the attempt.
    [LoggerMessage(3022, LogLevel.Debug, "Refused {Node} a tunnel with {Status}: {Reason}")]
    public static partial void TunnelRefused(ILogger logger, string node, int status, string reason);

    [LoggerMessage(3023, LogLevel.Error, "A tunnel could not be made")]
    public static partial void TunnelFailed(ILogger logger, Exception exception);

    [LoggerMessage(3024, LogLevel.Warning, "{Node} has a certificate for the egress listener and asked for no tunnel: answered with {Status}")]
    public static partial void TunnelMalformed(ILogger logger, string node, int status);
}
