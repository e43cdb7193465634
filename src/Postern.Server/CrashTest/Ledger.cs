namespace Postern.Server.CrashTest;

/// <summary>
/// Reads what publishers, consumers and the receiver have written down, and finds what does not agree: acknowledged ⊆
/// delivered ⊆ intended. A function of the journals: it knows nothing of the node.
/// </summary>
internal sealed class Ledger
{
    private readonly Violations violations;
    private readonly Dictionary<ushort, LedgerSubscription> subscriptions = [];
    private readonly NumberSet intended = new();
    private readonly NumberSet acknowledged = new();
    private readonly NumberSet captured = new();
    private readonly NumberMap ids = new();
    private readonly Duplicates duplicates = new();
    private uint last;
    private long received;
    private long delivered;
    private long ordered;
    private int crashes;

    private Ledger(Violations violations) => this.violations = violations;

    /// <param name="intents">Intents, in their order.</param>
    /// <param name="acknowledgements">What was answered with a 2xx, and what was done about subscriptions.</param>
    /// <param name="receipts">What the receiver got, with the starts and ends of the node between.</param>
    public static LedgerTotals Check(
        IEnumerable<Entry> intents, IEnumerable<Entry> acknowledgements, IEnumerable<Entry> receipts, Violations violations)
    {
        var ledger = new Ledger(violations);
        foreach (var entry in intents)
        {
            ledger.Intend(entry);
        }

        foreach (var entry in acknowledgements)
        {
            ledger.Acknowledge(entry);
        }

        foreach (var entry in receipts)
        {
            ledger.Follow(entry);
        }

        return ledger.Close();
    }

    private void Intend(in Entry entry)
    {
        for (var number = entry.Number; number < entry.Number + entry.Value; number++)
        {
            intended.Add(number);
            if (entry.Marks.HasFlag(Marks.Captured))
            {
                captured.Add(number);
            }

            last = Math.Max(last, number);
        }
    }

    private void Acknowledge(in Entry entry)
    {
        switch (entry.Kind)
        {
            case EntryKind.Acknowledged:
                for (var number = entry.Number; number < entry.Number + entry.Value; number++)
                {
                    acknowledged.Add(number);
                }

                break;
            case EntryKind.Subscribing:
                subscriptions[entry.Subscription] = new LedgerSubscription(entry);
                break;
            case EntryKind.Subscribed:
                subscriptions[entry.Subscription].OwedFrom = entry.Number;
                break;
            case EntryKind.Unsubscribing:
                subscriptions[entry.Subscription].IsEnding = true;
                break;
            case EntryKind.Unsubscribed:
                subscriptions[entry.Subscription].Ended = entry.Value;
                break;
        }
    }

    private void Follow(in Entry entry)
    {
        switch (entry.Kind)
        {
            case EntryKind.Ended:
                crashes++;
                duplicates.End(entry.Value);
                break;
            case EntryKind.Received:
                Receive(entry);
                break;
            case EntryKind.Late when subscriptions.TryGetValue(entry.Subscription, out var subscription) && !subscription.IsReplayed:
                duplicates.TakeBack(subscription, entry);
                break;
        }
    }

    private void Receive(in Entry entry)
    {
        received++;
        var (number, at) = (entry.Number, entry.Subscription);
        if (!entry.Marks.HasFlag(Marks.Signed))
        {
            violations.Add(ViolationKind.Signature, () => $"event {number} at subscription {at}");
            return;
        }

        if (!entry.Marks.HasFlag(Marks.Intact))
        {
            violations.Add(ViolationKind.Altered, () => $"event {number} at subscription {at}");
            return;
        }

        if (!subscriptions.TryGetValue(at, out var subscription) || !intended.Contains(number)
            || number < subscription.NotBefore || (subscription.Classes & EventClass.Of(number, captured.Contains(number))) == 0)
        {
            violations.Add(ViolationKind.Invented, () => $"event {number} at subscription {at}");
            return;
        }

        var second = entry.Value;
        if (subscription.Ended is { } ended && second > ended)
        {
            violations.Add(ViolationKind.AfterUnsubscribe, () => $"event {number} at subscription {at}, signed {second - ended} s after the answer");
        }

        Identify(entry);
        if (subscription.IsOrdered)
        {
            Order(entry, subscription);
        }

        Count(entry, subscription);
    }

    /// <summary>16 bits of a hash: two ids agree by chance once in 65,536, and a fault is rarely alone.</summary>
    private void Identify(in Entry entry)
    {
        var (number, at) = (entry.Number, entry.Subscription);
        var id = (ushort)Math.Max(1, entry.Id & 0xffff);
        ref var known = ref ids[number];
        if (known == 0)
        {
            known = id;
        }
        else if (known != id)
        {
            violations.Add(ViolationKind.Identity, () => $"event {number} at subscription {at} under another webhook-id than before");
        }
    }

    private void Order(in Entry entry, LedgerSubscription subscription)
    {
        var (number, key, at) = (entry.Number, entry.Key, entry.Subscription);
        var newest = subscription.Newest.GetValueOrDefault(key);
        ordered++;
        if (number < newest)
        {
            violations.Add(ViolationKind.Order, () => $"event {number} of record {key} at subscription {at} after event {newest}");
        }
        else if (entry.Marks.HasFlag(Marks.Accepted))
        {
            subscription.Newest[key] = number;
        }
    }

    private void Count(in Entry entry, LedgerSubscription subscription)
    {
        // Who asks for an event again gets it again.
        if (!subscription.IsReplayed)
        {
            duplicates.Receive(subscription, entry);
        }

        if (entry.Marks.HasFlag(Marks.Accepted) && subscription.Delivered.Add(entry.Number))
        {
            delivered++;
        }
    }

    private LedgerTotals Close()
    {
        duplicates.Judge(violations);
        return new LedgerTotals
        {
            Intended = intended.Count,
            Acknowledged = acknowledged.Count,
            Owed = subscriptions.Sum(one => Owed(one.Key, one.Value)),
            Delivered = delivered,
            Received = received,
            Duplicates = duplicates.Found,
            DuplicatesAllowed = duplicates.Allowed,
            Timeouts = duplicates.Timeouts,
            Crashes = crashes,
            Subscriptions = subscriptions.Count,
            Ordered = ordered,
        };
    }

    /// <summary>What was owed to a subscription for certain; what of it never came is lost.</summary>
    private long Owed(ushort at, LedgerSubscription subscription)
    {
        if (subscription.OwedFrom is not { } from || subscription.IsEnding)
        {
            return 0;
        }

        var owed = 0L;
        for (var number = from; number <= last; number++)
        {
            if ((subscription.Classes & EventClass.Of(number, captured.Contains(number))) != 0 && acknowledged.Contains(number))
            {
                owed++;
                if (!subscription.Delivered.Contains(number))
                {
                    var lost = number;
                    violations.Add(ViolationKind.Lost, () => $"event {lost} at subscription {at}");
                }
            }
        }

        return owed;
    }
}
