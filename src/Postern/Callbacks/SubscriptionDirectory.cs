using System.Collections.Concurrent;
using Postern.Egress;
using Postern.Ports;

namespace Postern.Callbacks;

/// <summary>The subscriptions that have callbacks under way: read from the store when first needed, kept right by its change feed.</summary>
internal sealed class SubscriptionDirectory : IDisposable
{
    /// <summary>Kept at most, about 1 KB each; those in use are never let go.</summary>
    private readonly int capacity;

    private readonly IStore store;
    private readonly SecretProtector protector;
    private readonly ConcurrentDictionary<long, SubscriptionEntry> entries = new();
    private int count;

    public SubscriptionDirectory(IStore store, SecretProtector protector)
        : this(store, protector, capacity: 65_536)
    {
    }

    internal SubscriptionDirectory(IStore store, SecretProtector protector, int capacity)
    {
        this.store = store;
        this.protector = protector;
        this.capacity = capacity;
        store.SubscriptionChanged += Apply;
    }

    internal int Count => Volatile.Read(ref count);

    /// <summary>The entry of a subscription, known; give it back with <see cref="SubscriptionEntry.Return"/>.</summary>
    /// <exception cref="StoreUnavailableException">It could not be read.</exception>
    public async ValueTask<SubscriptionEntry> RentAsync(long number, CancellationToken cancellation)
    {
        SubscriptionEntry entry;
        do
        {
            entry = entries.TryGetValue(number, out var there) ? there : Add(number);
        }
        while (!entry.TryRent());

        if (entry.IsKnown)
        {
            return entry;
        }

        try
        {
            if (await store.ReadSubscriptionAsync(number, cancellation) is { } subscription)
            {
                entry.Apply(subscription, protector);
            }
            else
            {
                Remove(number, entry);
            }

            return entry;
        }
        catch
        {
            entry.Return();
            throw;
        }
    }

    public void Dispose() => store.SubscriptionChanged -= Apply;

    private SubscriptionEntry Add(long number)
    {
        var fresh = new SubscriptionEntry();
        var entry = entries.GetOrAdd(number, fresh);
        if (ReferenceEquals(entry, fresh) && Interlocked.Increment(ref count) > capacity)
        {
            Shrink();
        }

        return entry;
    }

    private void Shrink()
    {
        // An eighth at a time, so that looking through the directory is rare.
        var surplus = Math.Max(1, capacity / 8);
        foreach (var (number, entry) in entries)
        {
            if (entry.IsKnown && entry.TryEvict())
            {
                Forget(number, entry);
                if (--surplus == 0)
                {
                    return;
                }
            }
        }
    }

    private void Apply(SubscriptionChange change)
    {
        var number = change.Subscription.Number;
        if (!entries.TryGetValue(number, out var entry))
        {
            return;
        }

        if (change.Removed)
        {
            Remove(number, entry);
        }
        else
        {
            Update(number, entry, change);
        }
    }

    private void Update(long number, SubscriptionEntry entry, SubscriptionChange change)
    {
        try
        {
            entry.Apply(change.Subscription, protector);
        }
        catch (SecretUnreadableException)
        {
            // On the store's thread nothing may be thrown: whoever needs it reads it again, and meets the error there.
            Forget(number, entry);
        }
    }

    // Whoever holds the entry sees that it is removed; the next one asks the store.
    private void Remove(long number, SubscriptionEntry entry)
    {
        entry.Remove();
        Forget(number, entry);
    }

    private void Forget(long number, SubscriptionEntry entry)
    {
        if (entries.TryRemove(KeyValuePair.Create(number, entry)))
        {
            Interlocked.Decrement(ref count);
        }
    }
}
