using System.Collections.Concurrent;
using Postern.Leading;
using Postern.Model;
using Postern.Monitoring;
using Postern.Ports;

namespace Postern.Callbacks;

/// <summary>
/// What a hub that may repeat itself has handed out here: each callback is in work once, however often it comes, and the hub hears when a
/// batch is settled. Where the hub never repeats, nothing is kept.
/// </summary>
internal sealed class HandedOut(IStore store, IHub hub, StoreRetry retry, PosternMeter meter)
{
    private const int Page = 10_000;

    // Null: let go of by an order, and not by the hub.
    private readonly ConcurrentDictionary<long, HandedBatch?> held = new();
    private readonly bool mayRepeat = hub.MayRepeat;

    // Read and written by the one that dispatches.
    private long repeatedUpTo;

    /// <summary>In work, or waiting in memory for it.</summary>
    public int Count => held.Count;

    /// <summary>Those of a batch that are to be worked on.</summary>
    public async ValueTask<IReadOnlyList<DueCallback>> TakeAsync(HubBatch batch, CancellationToken cancellation)
    {
        if (!mayRepeat)
        {
            return batch.Callbacks;
        }

        // Held before the store is asked: what is not held by then, and was in work, has its result in what the store says.
        var handed = new HandedBatch(batch.Callbacks.Count, batch.Settled);
        var taken = new List<DueCallback>(batch.Callbacks.Count);
        foreach (var callback in batch.Callbacks)
        {
            if (TryHold(callback.Id, handed))
            {
                taken.Add(callback);
            }
        }

        IReadOnlyList<DueCallback> result = IsSuspect(batch) ? await StillOwedAsync(taken, cancellation) : taken;
        meter.HubRepeats.Add(batch.Callbacks.Count - result.Count);
        return result;
    }

    /// <summary>False: it is in work here already.</summary>
    public bool TryHold(long id) => !mayRepeat || held.TryAdd(id, null);

    /// <summary>The store has its result, or its place.</summary>
    public void Settle(long id)
    {
        if (mayRepeat && held.TryRemove(id, out var batch))
        {
            batch?.CountDown();
        }
    }

    /// <summary>It was given up without a result: the hub may bring it again.</summary>
    public void Forget(long id) => held.TryRemove(id, out _);

    private bool TryHold(long id, HandedBatch batch)
    {
        while (!held.TryAdd(id, batch))
        {
            if (held.TryGetValue(id, out var before) && held.TryUpdate(id, batch, before))
            {
                // In work by an earlier copy. The hub keeps the later one until it is settled: the earlier may have gone with its connection.
                before?.CountDown();
                return false;
            }
        }

        return true;
    }

    // Ids grow. A copy of what was repeated may come late and without a word; what is newer has no other copy.
    private bool IsSuspect(in HubBatch batch)
    {
        var (least, greatest) = (long.MaxValue, 0L);
        foreach (var callback in batch.Callbacks)
        {
            (least, greatest) = (Math.Min(least, callback.Id), Math.Max(greatest, callback.Id));
        }

        var suspect = batch.IsRepeat || least <= repeatedUpTo;
        repeatedUpTo = batch.IsRepeat ? Math.Max(repeatedUpTo, greatest) : repeatedUpTo;
        return suspect;
    }

    /// <summary>Those that are with the hub still, as the store has them; the others are settled.</summary>
    private async ValueTask<IReadOnlyList<DueCallback>> StillOwedAsync(List<DueCallback> taken, CancellationToken cancellation)
    {
        if (taken.Count == 0)
        {
            return taken;
        }

        var sought = taken.Select(static callback => callback.Id).ToHashSet();
        var (after, last) = (sought.Min() - 1, sought.Max());
        var owed = new Dictionary<long, DueCallback>();
        while (after < last)
        {
            var limit = (int)Math.Min(Page, last - after);
            var page = await retry.RunAsync(
                "read the callbacks that were handed out", static (ask, stop) => ask.store.ReadHandedOutAsync(ask.after, ask.limit, stop),
                (store, after, limit), cancellation);
            foreach (var callback in page.Where(callback => sought.Contains(callback.Id)))
            {
                owed[callback.Id] = callback;
            }

            after = page.Count < limit ? last : page[^1].Id;
        }

        foreach (var gone in sought.Where(id => !owed.ContainsKey(id)))
        {
            Settle(gone);
        }

        // In the order they came in.
        return [.. taken.Where(callback => owed.ContainsKey(callback.Id)).Select(callback => owed[callback.Id])];
    }
}

/// <summary>A batch of which something is not settled yet.</summary>
internal sealed class HandedBatch(int callbacks, Action? settled)
{
    private int left = callbacks;

    public void CountDown()
    {
        if (Interlocked.Decrement(ref left) == 0)
        {
            settled?.Invoke();
        }
    }
}
