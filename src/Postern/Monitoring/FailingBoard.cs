using System.Collections.Concurrent;
using Postern.Model;

namespace Postern.Monitoring;

/// <summary>The subscriptions that fail now, as the last attempts left them. Derived: read from the store at start.</summary>
public sealed class FailingBoard
{
    private readonly ConcurrentDictionary<long, Failing> failing = new();

    public int Count => failing.Count;

    /// <summary>How a subscription fails; null: it does not.</summary>
    public Failing? Find(long subscription) => failing.GetValueOrDefault(subscription);

    public void Set(long subscription, Failing state) => failing[subscription] = state;

    /// <summary>Replaces what stood there, and nothing else: one that has recovered meanwhile stays so.</summary>
    public void Replace(long subscription, Failing before, Failing after) => failing.TryUpdate(subscription, after, before);

    public void Remove(long subscription) => failing.TryRemove(subscription, out _);
}
