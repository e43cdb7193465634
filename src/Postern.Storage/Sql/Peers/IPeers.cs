using Postern.Ports;
using Postern.Storage.Sql.Engine;
using Postern.Storage.Sql.Writing;

namespace Postern.Storage.Sql.Peers;

/// <summary>
/// The other nodes that write the same database. Each of them has its own writer; within the database their transactions come one after the
/// other, and what a node keeps in memory follows what the others commit. All calls above <see cref="Leads"/> are made by the writer's thread.
/// </summary>
internal interface IPeers
{
    /// <summary>First in a transaction that writes: until it ends no other node writes.</summary>
    News Lock(Connection connection);

    /// <summary>Last in a transaction: what the others are to learn of it.</summary>
    void Tell(Connection connection, WriteTransaction transaction);

    /// <summary>The transaction that <see cref="Tell"/> was called for is committed.</summary>
    void Committed();

    /// <summary>It is time to <see cref="Look"/>.</summary>
    bool IsLookDue { get; }

    /// <summary>Between transactions: what the others have committed, and who leads in what.</summary>
    News Look(Connection connection);

    /// <summary>What <see cref="Look"/> has found is shown: where this node leads, it says that it knows of it.</summary>
    void Looked(Connection connection);

    /// <summary>This node writes no more: another one may lead.</summary>
    void Leave(Connection connection);

    bool Leads(Duty duty);

    /// <summary>Raised on any thread when <see cref="Look"/> should be called soon.</summary>
    event Action? Nudged;

    /// <summary>Completes when this node leads in it.</summary>
    Task LeadAsync(Duty duty, CancellationToken cancellation);

    /// <summary>Completes when the nodes that lead, where one does, know of what this one has committed.</summary>
    ValueTask ObeyedAsync(CancellationToken cancellation);
}

/// <summary>What other nodes have committed since the last time it was asked.</summary>
/// <param name="Counters">As they stand now.</param>
/// <param name="Effects">As <see cref="WriteTransaction.Effects"/>, in the order of commits, without events: those are read when somebody wants them.</param>
internal readonly record struct News(StoreCounters Counters, IReadOnlyList<object> Effects);
