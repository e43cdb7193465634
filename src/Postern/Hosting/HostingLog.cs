using Microsoft.Extensions.Logging;

namespace Postern.Hosting;

internal static partial class HostingLog
{
    [LoggerMessage(EventId = 100, Level = LogLevel.Information, Message = "Gateway on {Gateway}, admin on {Admin}; roles: {Roles}; APIs: {Apis}")]
    public static partial void Started(ILogger logger, string gateway, string admin, IEnumerable<string> roles, IEnumerable<string> apis);

    [LoggerMessage(EventId = 106, Level = LogLevel.Information, Message = "Admin on {Admin}; roles: {Roles}")]
    public static partial void StartedWithoutGateway(ILogger logger, string admin, IEnumerable<string> roles);

    [LoggerMessage(EventId = 101, Level = LogLevel.Information, Message = "Stopped: nothing is under way any more")]
    public static partial void Stopped(ILogger logger);

    [LoggerMessage(EventId = 102, Level = LogLevel.Information, Message = "Certificate of {Port}: {Subject}, valid until {Until:u}")]
    public static partial void Certificate(ILogger logger, string port, string subject, DateTimeOffset until);

    [LoggerMessage(EventId = 103, Level = LogLevel.Warning, Message = "Certificate of {Port}: {Subject} is valid from {From:u} until {Until:u} only: clients refuse it now. Replace its files, they are taken without a restart")]
    public static partial void CertificateNotValid(ILogger logger, string port, string subject, DateTimeOffset from, DateTimeOffset until);

    [LoggerMessage(EventId = 104, Level = LogLevel.Information, Message = "The {Port} port refused the client certificate {Subject}: {Fault}")]
    public static partial void ClientCertificateRefused(ILogger logger, string port, string subject, string fault);

    [LoggerMessage(EventId = 105, Level = LogLevel.Information, Message = "Other nodes send through {Egress}")]
    public static partial void EgressListens(ILogger logger, string egress);
}
