using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Postern.Egress.Tls;
using Postern.Monitoring;

namespace Postern.Tests.Egress.Tls;

public sealed class CertificateAlarmTests : IDisposable
{
    private readonly ServiceProvider services = new ServiceCollection().AddMetrics().AddSingleton<PosternMeter>().BuildServiceProvider();
    private readonly TestAuthority authority = new();

    public void Dispose()
    {
        authority.Dispose();
        services.Dispose();
    }

    [Fact]
    public void A_certificate_is_told_of_fourteen_days_ahead_and_once_a_day()
    {
        var end = TimeProvider.System.GetUtcNow().AddDays(100);
        var own = authority.Issue(until: end);
        var profile = new TlsProfile(null, null, ClientCertificate.Read(own.Pem, own.Key).Certificate);
        var time = new FakeTimeProvider(end.AddDays(-15));
        var alarm = new CertificateAlarm(services.GetRequiredService<PosternMeter>(), time, NullLogger.Instance);
        var told = 0;
        using var listener = new System.Diagnostics.Metrics.MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Name == "postern.egress.certificates.ending")
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => told += (int)value);
        listener.Start();

        Assert.Equal(0, Watch());
        time.Advance(TimeSpan.FromDays(1.5));
        Assert.Equal(1, Watch());
        time.Advance(TimeSpan.FromHours(23));
        Assert.Equal(1, Watch());
        time.Advance(TimeSpan.FromHours(2));
        Assert.Equal(2, Watch());
        time.Advance(TimeSpan.FromDays(30));
        Assert.Equal(3, Watch());

        int Watch()
        {
            alarm.Watch(profile, null);
            alarm.Watch(TlsProfile.Default, null);
            return told;
        }
    }
}
