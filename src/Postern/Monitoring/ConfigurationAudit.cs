using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Postern.Configuration;
using Postern.Model;
using Postern.Ports;

namespace Postern.Monitoring;

/// <summary>Writes into the audit log which changes of the configuration were taken and which were refused.</summary>
internal sealed class ConfigurationAudit(LiveConfiguration live, IStore store, TimeProvider time, ILogger<ConfigurationAudit> logger) : BackgroundService
{
    internal const string Target = "postern.yaml";

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly Channel<(string Action, AuditTarget Target)> waiting =
        Channel.CreateUnbounded<(string, AuditTarget)>(new UnboundedChannelOptions { SingleReader = true });

    private PosternConfiguration last = live.File;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        live.Changed += Taken;
        live.Rejected += Refused;
        return base.StartAsync(cancellationToken);
    }

    public override Task StopAsync(CancellationToken cancellationToken)
    {
        live.Changed -= Taken;
        live.Rejected -= Refused;
        return base.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var (action, target) in waiting.Reader.ReadAllAsync(stoppingToken))
            {
                await WriteAsync(action, target, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process stops.
        }
    }

    private async Task WriteAsync(string action, AuditTarget target, CancellationToken cancellation)
    {
        CallOrigin.Current = new CallOrigin(CallOrigin.Gateway, action);
        while (true)
        {
            try
            {
                await store.AuditAsync(target, cancellation);
                return;
            }
            catch (StoreUnavailableException exception)
            {
                logger.AuditWaits(exception.Message);
                await Task.Delay(Pause, time, cancellation);
            }
        }
    }

    private void Taken(PosternConfiguration _)
    {
        // The consumers that are stored changed, and with them what runs: that has its entry.
        var next = live.File;
        if (ReferenceEquals(last, next))
        {
            return;
        }

        var changed = ConfigurationDifference.Of(last, next);
        last = next;
        waiting.Writer.TryWrite(("reload", new AuditTarget(AuditKind.Configuration, Target) { Changed = changed }));
    }

    private void Refused() => waiting.Writer.TryWrite(("rejectReload", new AuditTarget(AuditKind.Configuration, Target)));
}
