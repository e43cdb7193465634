using Postern.Model.Access;

namespace Postern.Ports;

public partial interface IStore
{
    /// <summary>
    /// Called in commit order, after a consumer was committed and before the method that changed it returns. The handler must be quick and
    /// must not throw.
    /// </summary>
    event Action<ConsumerChange>? ConsumerChanged;

    ValueTask<StoredConsumers> ReadConsumersAsync(CancellationToken cancellation);

    /// <summary>Adds a consumer; null when there is one with its name.</summary>
    ValueTask<StoredConsumer?> AddConsumerAsync(StoredConsumer consumer, CancellationToken cancellation);

    /// <summary>
    /// Reads, changes and writes one consumer with its credentials in one commit. <paramref name="change"/> must be pure; null from it leaves all
    /// as it is. Returns what stands afterwards; null when there is no such consumer.
    /// </summary>
    ValueTask<StoredConsumer?> ChangeConsumerAsync(string name, Func<StoredConsumer, StoredConsumer?> change, CancellationToken cancellation);

    /// <summary>
    /// Takes a step of removing a consumer, in one commit: the first one takes all its credentials, each removes some of its subscriptions with what
    /// they are owed, and the last one the consumer itself. Null when there is no such consumer.
    /// </summary>
    /// <param name="limit">Subscriptions to remove at most.</param>
    ValueTask<ConsumerRemoval?> RemoveConsumerAsync(string name, int limit, CancellationToken cancellation);
}

/// <param name="All">By name.</param>
/// <param name="WereAny">There are or were some.</param>
public sealed record StoredConsumers(IReadOnlyList<StoredConsumer> All, bool WereAny)
{
    public static StoredConsumers None { get; } = new([], false);

    /// <summary>These, as they stand after a change.</summary>
    public StoredConsumers With(ConsumerChange change) => new(
        [.. All.Where(consumer => consumer.Name != change.Name), .. change.Consumer is { } stands ? [stands] : Array.Empty<StoredConsumer>()], WereAny: true);
}

/// <param name="Consumer">As it stands; null: it was removed.</param>
public sealed record ConsumerChange(string Name, StoredConsumer? Consumer);

/// <param name="Subscriptions">Removed by this step.</param>
/// <param name="More">It is not gone yet: take the next step.</param>
public readonly record struct ConsumerRemoval(int Subscriptions, bool More);
