using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Postern.Configuration;

namespace Postern.Monitoring;

/// <summary>Warns of certificates that are about to expire: at start, once a day, and with each new configuration.</summary>
internal sealed class CertificateWatch(LiveConfiguration live, TimeProvider time, ILogger<CertificateWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromDays(1);

    /// <summary>What is wrong, or soon will be, by the key of the configuration and the certificate's subject.</summary>
    public IReadOnlyDictionary<string, string> Warnings => Look(live.Current);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        live.Changed += Tell;
        try
        {
            using var timer = new PeriodicTimer(Period, time);
            do
            {
                Tell(live.Current);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        finally
        {
            live.Changed -= Tell;
        }
    }

    private void Tell(PosternConfiguration configuration)
    {
        foreach (var (certificate, fault) in Look(configuration))
        {
            logger.CertificateEnds(certificate, fault);
        }
    }

    private SortedDictionary<string, string> Look(PosternConfiguration configuration)
    {
        var now = time.GetUtcNow();
        var warnings = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (path, validity) in CertificateExpiry.All(configuration))
        {
            if (CertificateExpiry.FindFault(validity, now) is { } fault)
            {
                warnings[$"{path} {validity.Subject}"] = fault;
            }
        }

        return warnings;
    }
}
