using Microsoft.Extensions.Logging;
using Npgsql;
using Postern.Ports;
using Postern.Storage.PostgreSql.Engine;

namespace Postern.Storage.PostgreSql.Peers;

/// <summary>
/// Listens for what other nodes send, on a session of its own. Twice a second it nudges by itself: a notification that was lost, or a
/// session that was, costs no more than that.
/// </summary>
internal sealed class Nudges(NpgsqlConnectionStringBuilder address, PostgreSqlPeers peers, TimeProvider time, ILogger logger) : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(500);

    private readonly CancellationTokenSource stop = new();
    private Task running = Task.CompletedTask;
    private bool told;

    public void Start() => running = Task.Run(RunAsync);

    public void Dispose()
    {
        stop.Cancel();
        running.Wait();
        stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await ListenAsync();
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception) when (PostgreSqlException.Is(exception))
            {
                if (!told)
                {
                    LeadLog.NoNudges(logger, exception.Message);
                    told = true;
                }

                peers.Nudge();
                await Task.WhenAny(Task.Delay(Period, time, stop.Token));
            }
        }
    }

    private async Task ListenAsync()
    {
        await using var session = new NpgsqlConnection(address.ConnectionString);
        await session.OpenAsync(stop.Token);
        session.Notification += (_, notification) =>
        {
            // Whoever does not match has no use for news of events before the next look.
            if (notification.Payload != Notice.Event || peers.Leads(Duty.Listener))
            {
                peers.Nudge();
            }
        };
        await using (var listen = new NpgsqlCommand($"LISTEN {Notice.Channel}", session))
        {
            await listen.ExecuteNonQueryAsync(stop.Token);
        }

        told = false;
        while (true)
        {
            if (!await session.WaitAsync(Period, stop.Token))
            {
                peers.Nudge();
            }
        }
    }
}
