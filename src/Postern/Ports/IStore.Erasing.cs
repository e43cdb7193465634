using Postern.Model;

namespace Postern.Ports;

public partial interface IStore
{
    /// <summary>Takes an order to erase down: from its return on it is carried out, by <see cref="EraseAsync"/>, whatever happens.</summary>
    ValueTask<Erasure> OrderErasureAsync(ErasureOrder order, CancellationToken cancellation);

    ValueTask<Erasure?> FindErasureAsync(string id, CancellationToken cancellation);

    /// <summary>The oldest order that has not been carried out; null when there is none.</summary>
    ValueTask<Erasure?> NextErasureAsync(CancellationToken cancellation);

    /// <summary>
    /// Carries out a little of an order, in one commit with its report. Callbacks that are owed are erased too; those that were held behind
    /// them in order are due now and are returned, for the hub.
    /// </summary>
    /// <param name="limit">Rows to erase at most, roughly: what belongs to one event goes together.</param>
    ValueTask<ErasureStep> EraseAsync(string id, int limit, CancellationToken cancellation);
}

/// <summary>Whose data is to be erased: everything about one subject, or everything of one consumer.</summary>
/// <param name="Subject">The <c>subject</c> of events.</param>
/// <param name="Source">Only those events of the subject with exactly this <c>source</c>; null: of every source.</param>
/// <param name="Consumer">Name of a consumer: its subscriptions, and the events that only it may see.</param>
public sealed record ErasureOrder(string? Subject, string? Source, string? Consumer);

/// <summary>How far an erasure has come, and what it has erased.</summary>
public sealed record Erasure
{
    /// <summary><c>ers_…</c></summary>
    public required string Id { get; init; }

    public required DateTimeOffset Requested { get; init; }

    /// <summary>When the last of it was gone from the disk; null: it goes on.</summary>
    public DateTimeOffset? Finished { get; init; }

    public required long Events { get; init; }
    public required long Callbacks { get; init; }
    public required long Attempts { get; init; }
    public required long Subscriptions { get; init; }
    public required long Answers { get; init; }
}

/// <param name="Waits">It cannot go on now: the listener has events of it yet to match, or a reader holds the log. Ask again in a moment.</param>
/// <param name="Released">For the hub.</param>
public sealed record ErasureStep(Erasure Erasure, bool Waits, IReadOnlyList<DueCallback> Released, TimeSpan Held);
