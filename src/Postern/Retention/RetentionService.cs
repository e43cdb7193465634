using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Postern.Configuration;
using Postern.Ports;

namespace Postern.Retention;

/// <summary>Looks at what has expired once a minute, and at what is to be erased every two seconds.</summary>
internal sealed class RetentionService(Expiring expiring, Erasing erasing, LiveConfiguration configuration, TimeProvider time, ILogger<RetentionService> logger)
    : BackgroundService
{
    private static readonly TimeSpan ExpiringInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan ErasingInterval = TimeSpan.FromSeconds(2);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        RepeatAsync(ExpiringInterval, cancellation => expiring.RunAsync(configuration.Current, cancellation), stoppingToken),
        RepeatAsync(ErasingInterval, erasing.RunAsync, stoppingToken));

    private async Task RepeatAsync(TimeSpan interval, Func<CancellationToken, Task> run, CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(interval, time);
        try
        {
            do
            {
                try
                {
                    await run(stopping);
                }
                catch (StoreUnavailableException exception)
                {
                    logger.Failed(exception.Message);
                }
            }
            while (await timer.WaitForNextTickAsync(stopping));
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The process stops: what is left is found again at the next start.
        }
    }
}
