using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Postern.Configuration;
using Postern.Model.Access;
using Postern.Ports;

namespace Postern.Monitoring;

/// <summary>
/// Writes down when credentials were used last, once a minute and at the end, beside the calls: so that what is used once a month does not look
/// unused after each restart. A crash loses a minute of it.
/// </summary>
internal sealed class CredentialUseLog(IStore store, CredentialUses uses, LiveConfiguration live, TimeProvider time, ILogger<CredentialUseLog> logger) : BackgroundService
{
    private const int Batch = 500;
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    private readonly Dictionary<CredentialName, DateTimeOffset> written = [];

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var (name, at) in await store.ReadUsesAsync(cancellationToken))
        {
            written[name] = at;
        }

        uses.Recall(written.Select(static use => new CredentialUse(use.Key, use.Value)));
        live.Changed += uses.Keep;
        uses.Keep(live.Current);
        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        live.Changed -= uses.Keep;
        await WriteAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await WriteAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping: what is left is written there.
        }
    }

    private async Task WriteAsync(CancellationToken cancellation)
    {
        try
        {
            var all = uses.All;
            foreach (var batch in all.Where(use => !written.TryGetValue(use.Name, out var known) || known != use.At).Chunk(Batch))
            {
                await store.WriteUsesAsync(batch, [], cancellation);
                foreach (var (name, at) in batch)
                {
                    written[name] = at;
                }
            }

            foreach (var batch in written.Keys.Except(all.Select(static use => use.Name)).Chunk(Batch))
            {
                await store.WriteUsesAsync([], batch, cancellation);
                foreach (var name in batch)
                {
                    written.Remove(name);
                }
            }
        }
        catch (StoreUnavailableException exception)
        {
            // What was not written differs the next time too.
            logger.UsesWait(exception.Message);
        }
    }
}
