using Postern.Egress;
using Postern.Model;

namespace Postern.Callbacks;

/// <summary>
/// What the directory knows of one subscription. It is in the directory before it is read from the store, so that a change
/// committed meanwhile finds it; the newer version stays, whichever comes first.
/// </summary>
internal sealed class SubscriptionEntry
{
    private readonly Lock gate = new();
    private volatile SubscriptionRuntime? current;
    private volatile bool removed;
    private int users;
    private bool evicted;

    /// <summary>As it stands now; null before it was read, and when it never was there.</summary>
    public SubscriptionRuntime? Current => current;

    public bool IsRemoved => removed;

    public bool IsKnown => removed || current is not null;

    /// <summary>Whether an attempt may go out at this moment.</summary>
    public bool MaySend => !removed && current?.State == SubscriptionState.Active;

    public void Apply(Subscription subscription, SecretProtector protector)
    {
        lock (gate)
        {
            if (!removed && (current is null || current.Version < subscription.Version))
            {
                current = new SubscriptionRuntime(subscription, protector, destination => MaySend && current!.Destination == destination);
            }
        }
    }

    /// <summary>Final: a subscription's number is never used again.</summary>
    public void Remove() => removed = true;

    /// <summary>Keeps the entry in the directory until <see cref="Return"/>; false when it has left it already.</summary>
    public bool TryRent()
    {
        lock (gate)
        {
            users += evicted ? 0 : 1;
            return !evicted;
        }
    }

    public void Return()
    {
        lock (gate)
        {
            users--;
        }
    }

    /// <summary>Nobody uses it: it may leave the directory, where changes would not find it any more.</summary>
    public bool TryEvict()
    {
        lock (gate)
        {
            evicted = evicted || users == 0;
            return evicted;
        }
    }
}
