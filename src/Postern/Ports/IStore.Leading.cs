namespace Postern.Ports;

public partial interface IStore
{
    /// <summary>
    /// This node leads: it alone matches events, calls back, runs jobs and expires what is old. It stays so until the store is closed: a node that
    /// is no longer sure of it ends its process.
    /// </summary>
    bool Leads { get; }

    /// <summary>
    /// Asks to lead, and completes as soon as this node does. Of the nodes on one store one leads at a time; when it ends or is cut off, another
    /// one that asks follows. A store that one process holds alone is led by it from the start.
    /// </summary>
    ValueTask LeadAsync(CancellationToken cancellation);
}
