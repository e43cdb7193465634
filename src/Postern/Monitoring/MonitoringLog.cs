using Microsoft.Extensions.Logging;

namespace Postern.Monitoring;

/// <summary>Log messages of this folder: events 7000 to 7099.</summary>
internal static partial class MonitoringLog
{
    [LoggerMessage(7000, LogLevel.Error, "Admin call {Method} {Path} failed")]
    public static partial void AdminCallFailed(this ILogger logger, Exception exception, string method, string path);

    [LoggerMessage(7001, LogLevel.Warning, "The certificate {Certificate}: {Fault}")]
    public static partial void CertificateEnds(this ILogger logger, string certificate, string fault);

    [LoggerMessage(7002, LogLevel.Warning, "The audit log waits for the store: {Reason}")]
    public static partial void AuditWaits(this ILogger logger, string reason);

    [LoggerMessage(7003, LogLevel.Warning, "When credentials were used last waits for the store: {Reason}")]
    public static partial void UsesWait(this ILogger logger, string reason);
}
