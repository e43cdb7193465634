using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Postern.Monitoring;

namespace Postern.Egress.Tls;

/// <summary>Tells of certificates for outbound calls that are about to end, once a day for each profile that is in use.</summary>
internal sealed class CertificateAlarm(PosternMeter meter, TimeProvider time, ILogger logger)
{
    public static readonly TimeSpan Ahead = TimeSpan.FromDays(14);

    private static readonly TimeSpan Pause = TimeSpan.FromDays(1);

    private const int Most = 10_000;

    private readonly ConcurrentDictionary<string, DateTimeOffset> told = new(StringComparer.Ordinal);

    /// <param name="operators">Authorities of <c>egress.ca</c>; null: none.</param>
    public void Watch(TlsProfile profile, AuthoritySet? operators)
    {
        if (profile.Key == TlsProfile.Default.Key && operators is null)
        {
            // Nearly all: nothing of theirs can end.
            return;
        }

        var (what, end) = First(profile, operators);
        var now = time.GetUtcNow();
        if (end - now > Ahead)
        {
            return;
        }

        if (told.Count > Most)
        {
            told.Clear();
        }

        if (told.TryGetValue(profile.Key, out var last) && now - last < Pause)
        {
            return;
        }

        told[profile.Key] = now;
        meter.CertificatesEnding.Add(1);
        EgressLog.CertificateEnds(logger, what, end);
    }

    private static (string What, DateTimeOffset Until) First(TlsProfile profile, AuthoritySet? operators)
    {
        (string What, DateTimeOffset Until)[] ends =
        [
            (profile.Certificate?.Subject ?? "", profile.Certificate?.Until ?? DateTimeOffset.MaxValue),
            ("an authority of a subscription's delivery.tls.ca", profile.Only?.Until ?? DateTimeOffset.MaxValue),
            ("an authority of apis.NAME.egress.ca", profile.Besides?.Until ?? DateTimeOffset.MaxValue),
            ("an authority of egress.ca", profile.Only is null && operators is not null ? operators.Until : DateTimeOffset.MaxValue),
        ];
        return ends.MinBy(static end => end.Until);
    }
}
