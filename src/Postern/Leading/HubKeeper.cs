using Microsoft.Extensions.Hosting;

namespace Postern.Leading;

/// <summary>
/// Rebuilds the hub where the node that publishes to it is not the one that takes from it: what the one before it had committed and not published, and
/// what its own connection lost.
/// </summary>
internal sealed class HubKeeper(HubRebuild rebuild) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await rebuild.StartAsync(stoppingToken);
            await rebuild.FollowAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }
}
