using Postern.Ports;

namespace Postern.Subscriptions;

/// <summary>The subscriptions of one consumer that have not ended, and those that are about to be made.</summary>
internal sealed class SubscriptionTally(string consumer)
{
    private const int Page = 500;

    private readonly Lock gate = new();
    private readonly HashSet<long> standing = [];
    private readonly HashSet<string> coming = new(StringComparer.Ordinal);

    // What ended while the pages were read: a page may be older than the news.
    private HashSet<long>? ended = [];
    private Task? loading;

    /// <summary>Looks up what the store has; once, unless it fails.</summary>
    public Task LoadAsync(IStore store, CancellationToken cancellation)
    {
        lock (gate)
        {
            loading = loading is null or { IsCompleted: true, IsCompletedSuccessfully: false } ? ReadAsync(store) : loading;
            return loading.WaitAsync(cancellation);
        }
    }

    /// <summary>A change is committed.</summary>
    public void Note(SubscriptionChange change)
    {
        var number = change.Subscription.Number;
        lock (gate)
        {
            if (change.Removed || Ended.Is(change.Subscription))
            {
                standing.Remove(number);
                ended?.Add(number);
            }
            else
            {
                standing.Add(number);
                ended?.Remove(number);
                coming.Remove(change.Subscription.Id);
            }
        }
    }

    public bool TryTake(string id, int most)
    {
        lock (gate)
        {
            return standing.Count + coming.Count < most && coming.Add(id);
        }
    }

    public void GiveBack(string id)
    {
        lock (gate)
        {
            coming.Remove(id);
        }
    }

    private async Task ReadAsync(IStore store)
    {
        var query = new SubscriptionQuery { Consumer = consumer, Limit = Page };
        while (ended is not null)
        {
            var found = await store.ListSubscriptionsAsync(query, CancellationToken.None);
            lock (gate)
            {
                standing.UnionWith(found.Where(one => !Ended.Is(one) && !ended.Contains(one.Number)).Select(one => one.Number));
                ended = found.Count < Page ? null : ended;
            }

            query = query with { After = found.Count == 0 ? query.After : found[^1].Number };
        }
    }
}
