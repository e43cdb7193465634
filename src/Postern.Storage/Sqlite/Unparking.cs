using System.Threading.Channels;
using Postern.Ports;
using Postern.Storage.Sqlite.Reading;
using Postern.Storage.Sqlite.Writing;

namespace Postern.Storage.Sqlite;

/// <summary>
/// Goes on with what a resume has begun: parked callbacks become due in bounded steps, however many they are. The parked rows of
/// an active subscription are the list of what is left to do, so a crash leaves nothing behind.
/// </summary>
internal sealed class Unparking(Writer writer, ReaderPool readers, SqliteOptions options, TimeProvider time) : IDisposable
{
    private readonly Channel<long> resumed = Channel.CreateUnbounded<long>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource stop = new();
    private Task running = Task.CompletedTask;

    public void Start() => running = Task.Run(RunAsync);

    public void Add(long subscription) => resumed.Writer.TryWrite(subscription);

    public void Dispose()
    {
        stop.Cancel();
        running.Wait();
        stop.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            foreach (var left in await InsistAsync(() => readers.ReadAsync(SubscriptionRows.ListResumed, stop.Token).AsTask()))
            {
                Add(left);
            }

            await foreach (var subscription in resumed.Reader.ReadAllAsync(stop.Token))
            {
                while (await InsistAsync(() => writer.WriteAsync(new UnparkCallbacks(subscription, stop.Token))))
                {
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Closing: the next start goes on.
        }
    }

    private async Task<T> InsistAsync<T>(Func<Task<T>> step)
    {
        while (true)
        {
            try
            {
                return await step();
            }
            catch (StoreUnavailableException)
            {
                // The writer has told it; this goes on where it writes again.
                await Task.Delay(options.ProbeInterval, time, stop.Token);
            }
        }
    }
}

/// <summary>More of a resumed subscription's callbacks are parked than one commit moves.</summary>
internal sealed record UnparkMore(long Subscription);
