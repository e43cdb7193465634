namespace Postern.Storage;

/// <summary>What a store keeps in its one row of counters. A value: a transaction works on a copy, and a rollback drops it.</summary>
internal record struct StoreCounters
{
    public long LastSequence { get; set; }

    public long Cursor { get; set; }

    public long LastCallback { get; set; }

    public long LastSubscription { get; set; }

    public long LastAttempt { get; set; }

    public long Pending { get; set; }

    public long Dead { get; set; }

    public long Subscriptions { get; set; }
}
