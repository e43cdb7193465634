using System.Threading.Channels;
using Postern.Ports;
using Postern.Storage.Sqlite.Reading;
using Postern.Storage.Sqlite.Writing;

namespace Postern.Storage.Sqlite;

/// <summary>
/// Goes on with what a resume or an end has begun: callbacks become due, or go, in bounded steps, however many they are. The parked
/// rows of an active subscription, and all of one that has ended, are the list of what is left to do: a crash leaves nothing behind.
/// </summary>
internal sealed class SubscriptionSteps(Writer writer, ReaderPool readers, SqliteOptions options, TimeProvider time) : IDisposable
{
    private readonly Channel<MoreToDo> waiting = Channel.CreateUnbounded<MoreToDo>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource stop = new();
    private Task running = Task.CompletedTask;

    public void Start() => running = Task.Run(RunAsync);

    public void Add(MoreToDo more) => waiting.Writer.TryWrite(more);

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
            foreach (var left in await InsistAsync(() => readers.ReadAsync(UnfinishedRows.List, stop.Token).AsTask()))
            {
                Add(left);
            }

            await foreach (var (subscription, ended) in waiting.Reader.ReadAllAsync(stop.Token))
            {
                while (await InsistAsync(() => writer.WriteAsync<bool>(
                    ended ? new EndCallbacks(subscription, stop.Token) : new UnparkCallbacks(subscription, stop.Token))))
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

/// <summary>More callbacks of a resumed or ended subscription are kept than one commit moves or removes.</summary>
internal sealed record MoreToDo(long Subscription, bool Ended);
