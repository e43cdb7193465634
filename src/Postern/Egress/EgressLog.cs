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
}
