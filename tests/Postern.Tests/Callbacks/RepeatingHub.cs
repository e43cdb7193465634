using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Postern.Model;
using Postern.Ports;

namespace Postern.Tests.Callbacks;

/// <summary>A hub as a broker can be: it hands out the same again, comes late, goes away, and keeps what is not settled.</summary>
internal sealed class RepeatingHub : IHub
{
    private readonly EmbeddedHub inner = new();
    private readonly ConcurrentQueue<bool> repeats = new();
    private volatile TaskCompletionSource lost = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool MayRepeat => true;

    public HubOutage? Outage => IsAway ? new HubOutage(DateTimeOffset.UnixEpoch, "A test has taken it away.") : null;

    public bool IsAway { get; set; }

    /// <summary>Batches that whoever consumes has done with, settled or not.</summary>
    public int Taken { get; private set; }

    /// <summary>Batches that were settled, by the ids in them.</summary>
    public ConcurrentQueue<IReadOnlyList<long>> Settled { get; } = new();

    public ValueTask ConnectAsync(bool consumes, CancellationToken cancellation) => ValueTask.CompletedTask;

    public ValueTask<bool> PublishAsync(IReadOnlyList<DueCallback> callbacks, CancellationToken cancellation) => PublishAsync(callbacks, isRepeat: false);

    public ValueTask<bool> PublishAgainAsync(IReadOnlyList<DueCallback> callbacks, CancellationToken cancellation) => PublishAsync(callbacks, isRepeat: true);

    public async IAsyncEnumerable<HubBatch> ConsumeAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var batch in inner.ConsumeAsync(cancellation))
        {
            repeats.TryDequeue(out var isRepeat);
            yield return batch with { IsRepeat = isRepeat, Settled = () => Settled.Enqueue([.. batch.Callbacks.Select(static callback => callback.Id)]) };
            Taken++;
        }
    }

    /// <summary>It is back, and may lack something.</summary>
    public void Return()
    {
        IsAway = false;
        lost.TrySetResult();
    }

    public async ValueTask WaitForRebuildAsync(CancellationToken cancellation) => await lost.Task.WaitAsync(cancellation);

    public bool TryBeginRebuild()
    {
        if (IsAway)
        {
            return false;
        }

        lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
        return true;
    }

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private async ValueTask<bool> PublishAsync(IReadOnlyList<DueCallback> callbacks, bool isRepeat)
    {
        if (IsAway || callbacks.Count == 0)
        {
            return !IsAway;
        }

        repeats.Enqueue(isRepeat);
        return await inner.PublishAsync(callbacks, CancellationToken.None);
    }
}
