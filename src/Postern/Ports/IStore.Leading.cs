namespace Postern.Ports;

public partial interface IStore
{
    /// <summary>
    /// This node leads in a duty: it alone does that. It stays so until the store is closed: a node that is no longer sure of it ends its process.
    /// </summary>
    bool Leads(Duty duty);

    /// <summary>
    /// Asks to lead in a duty, and completes as soon as this node does. Of the nodes on one store one leads at a time; when it ends or is cut off, another
    /// one that asks follows. A store that one process holds alone is led by it from the start.
    /// </summary>
    ValueTask LeadAsync(Duty duty, CancellationToken cancellation);
}

/// <summary>What one node at a time does for all that share a store. Nodes that ask for both do so in this order.</summary>
public enum Duty
{
    /// <summary>Calls back, asks receivers for their consent, runs jobs, and expires and erases what is old.</summary>
    Callbacks = 0,

    /// <summary>Matches events with subscriptions.</summary>
    Listener = 1,
}
