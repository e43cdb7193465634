using Postern.Ports;

namespace Postern.RabbitMq;

/// <summary>Whether the broker takes callbacks, since when not and why, and whether it may lack some.</summary>
internal sealed class HubState(TimeProvider time)
{
    private readonly Lock gate = new();
    private TaskCompletionSource changed = NewSignal();
    private bool lacks = true;

    /// <summary>Null while it takes them.</summary>
    public HubOutage? Outage { get; private set; } = new(time.GetUtcNow(), "This node does not use it: it does not lead, or has other roles.");

    /// <summary>A new session: what an earlier one was given may be gone.</summary>
    public void Open() => Change(isOpen: true, lacksMore: true);

    /// <summary>The session takes messages again that it has refused for a while.</summary>
    public void Unblock() => Change(isOpen: true, lacksMore: false);

    /// <summary>Something was not published, or perhaps not.</summary>
    public void Lack() => Change(isOpen: null, lacksMore: true);

    /// <returns>Whether that is news.</returns>
    public bool Away(string reason)
    {
        lock (gate)
        {
            var news = Outage?.Reason != reason;
            Outage = new HubOutage(Outage?.Since ?? time.GetUtcNow(), reason);
            return news;
        }
    }

    public bool TryBeginRebuild()
    {
        lock (gate)
        {
            var begins = lacks && Outage is null;
            lacks &= !begins;
            return begins;
        }
    }

    public async ValueTask WaitForRebuildAsync(CancellationToken cancellation)
    {
        while (true)
        {
            Task next;
            lock (gate)
            {
                if (lacks && Outage is null)
                {
                    return;
                }

                next = changed.Task;
            }

            await next.WaitAsync(cancellation);
        }
    }

    private void Change(bool? isOpen, bool lacksMore)
    {
        TaskCompletionSource before;
        lock (gate)
        {
            Outage = isOpen == true ? null : Outage;
            lacks |= lacksMore;
            (before, changed) = (changed, NewSignal());
        }

        before.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
