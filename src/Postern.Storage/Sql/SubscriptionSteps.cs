using System.Threading.Channels;
using Postern.Ports;
using Postern.Storage.Sql.Reading;
using Postern.Storage.Sql.Writing;

namespace Postern.Storage.Sql;

/// <summary>
/// Goes on with what a resume, an end or a move has begun: callbacks become due, go, or change their queue, in bounded steps, however many they
/// are. The parked rows of an active subscription, all of one that has ended, and the moves are the list of what is left to do: a crash leaves nothing behind.
/// </summary>
internal sealed class SubscriptionSteps(Writer writer, ReaderPool readers, SqlStoreOptions options, TimeProvider time) : IDisposable
{
    private const int MoveLooks = 50_000;

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

            await foreach (var more in waiting.Reader.ReadAllAsync(stop.Token))
            {
                // A step of each in turn: nobody waits for the longest.
                if (await StepAsync(more))
                {
                    Add(more);
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Closing: the next start goes on.
        }
    }

    private Task<bool> StepAsync(MoreToDo more) => more.Rest switch
    {
        Rest.Ended => InsistAsync(() => writer.WriteAsync(new EndCallbacks(more.Subscription, stop.Token))),
        Rest.Parked => InsistAsync(() => writer.WriteAsync(new UnparkCallbacks(more.Subscription, stop.Token))),
        _ => MoveAsync(more.Subscription),
    };

    /// <summary>A reader looks for what is to move, so that the writer does nothing but move it; half of its time is left to others.</summary>
    private async Task<bool> MoveAsync(long subscription)
    {
        if (await InsistAsync(() => readers.ReadAsync(connection => MoveRows.Next(connection, subscription, MoveLooks), stop.Token).AsTask()) is not { } piece)
        {
            return false;
        }

        var began = time.GetTimestamp();
        var more = await InsistAsync(() => writer.WriteAsync(new MoveCallbacks(piece, stop.Token)));
        await Task.Delay(time.GetElapsedTime(began), time, stop.Token);
        return more;
    }

    private async Task<T> InsistAsync<T>(Func<Task<T>> step)
    {
        while (true)
        {
            try
            {
                // What is in doubt is not waited for in closing: the store is asked for it at the next start.
                return await step().WaitAsync(stop.Token);
            }
            catch (StoreUnavailableException)
            {
                // The writer has told it; this goes on where it writes again.
                await Task.Delay(options.ProbeInterval, time, stop.Token);
            }
        }
    }
}

/// <summary>A change of a subscription concerns more callbacks than one commit moves or removes.</summary>
internal sealed record MoreToDo(long Subscription, Rest Rest);

/// <summary>Which callbacks are left.</summary>
internal enum Rest
{
    /// <summary>The parked ones of a subscription that was resumed.</summary>
    Parked = 0,

    /// <summary>All of one that has ended.</summary>
    Ended = 1,

    /// <summary>Those in a queue that it has left.</summary>
    Left = 2,
}
