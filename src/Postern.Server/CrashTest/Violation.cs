namespace Postern.Server.CrashTest;

/// <summary>What a ledger can find wrong.</summary>
internal enum ViolationKind
{
    /// <summary>Acknowledged, owed, and not delivered.</summary>
    Lost = 0,

    /// <summary>Delivered and never intended, or to a subscription that did not want it or came later.</summary>
    Invented = 1,

    /// <summary>Delivered again, and neither a crash nor a late answer explains it.</summary>
    Duplicate = 2,

    /// <summary>The signature does not hold.</summary>
    Signature = 3,

    /// <summary>The body is not the one that was published.</summary>
    Altered = 4,

    /// <summary>One event under two ids: consumers could not drop the duplicate.</summary>
    Identity = 5,

    /// <summary>An event of a record came after a later one was delivered.</summary>
    Order = 6,

    /// <summary>Signed and sent after the end of the subscription was acknowledged.</summary>
    AfterUnsubscribe = 7,

    /// <summary>What the node said it owed did not agree with what was accepted and delivered.</summary>
    Conservation = 8,

    /// <summary>The node ended without being killed, or did not come up, or did not deliver what it owes.</summary>
    Ended = 9,

    /// <summary>A signing secret stands in the node's log.</summary>
    Secret = 10,
}

/// <summary>Violations by kind: how many, and the first ten in words.</summary>
internal sealed class Violations
{
    public const int Shown = 10;
    private readonly SortedDictionary<ViolationKind, (long Count, List<string> First)> found = [];
    private readonly Lock gate = new();

    public bool None
    {
        get
        {
            lock (gate)
            {
                return found.Count == 0;
            }
        }
    }

    public IReadOnlyList<(ViolationKind Kind, long Count, IReadOnlyList<string> First)> All
    {
        get
        {
            lock (gate)
            {
                return [.. found.Select(one => (one.Key, one.Value.Count, (IReadOnlyList<string>)one.Value.First))];
            }
        }
    }

    public void Add(ViolationKind kind, string text) => Add(kind, () => text);

    /// <param name="text">Asked only while it will be shown.</param>
    public void Add(ViolationKind kind, Func<string> text, long count = 1)
    {
        lock (gate)
        {
            var (before, first) = found.GetValueOrDefault(kind, (0, []));
            if (first.Count < Shown)
            {
                first.Add(text());
            }

            found[kind] = (before + count, first);
        }
    }

    public long Count(ViolationKind kind)
    {
        lock (gate)
        {
            return found.GetValueOrDefault(kind).Count;
        }
    }
}
