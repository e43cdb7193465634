namespace Postern.RabbitMq;

/// <summary>
/// Finds the queues that no new connection helps: after a broker was killed, a quorum queue may stand without a leader for ever. One that was
/// silent twice running is made anew; what was in it is in the store. Used by one thread.
/// </summary>
internal sealed class QueueRepair
{
    private const int Patience = 2;

    private Dictionary<string, int> silent = [];

    /// <summary>Queues to remove now. Each is named once: another node may have made it anew by the time this one comes again.</summary>
    public IReadOnlyList<string> TakeDue()
    {
        string[] due = [.. silent.Where(static queue => queue.Value >= Patience).Select(static queue => queue.Key)];
        silent = due.Length == 0 ? silent : [];
        return due;
    }

    public void Failed(IReadOnlyList<string> queues) => silent = queues.ToDictionary(queue => queue, queue => silent.GetValueOrDefault(queue) + 1);

    public void Succeeded() => silent = [];
}
