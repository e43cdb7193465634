using Postern.Ports;
using Postern.Storage.Sql.Writing;

namespace Postern.Storage.Sql;

public abstract partial class SqlStore
{
    private int begun;

    public bool Leads(Duty duty) => engine.Peers?.Leads(duty) ?? true;

    public async ValueTask LeadAsync(Duty duty, CancellationToken cancellation)
    {
        if (engine.Peers is { } peers)
        {
            await peers.LeadAsync(duty, cancellation);
            if (duty == Duty.Callbacks && Interlocked.Exchange(ref begun, 1) == 0)
            {
                subscriptionSteps.Start();
            }
        }
    }

    /// <summary>What a change has begun is ended by the node that calls back, whichever began it.</summary>
    private void AddSteps(MoreToDo more)
    {
        if (Leads(Duty.Callbacks))
        {
            subscriptionSteps.Add(more);
        }
    }

    /// <summary>A change that no node acts against any more when this returns: those that match and call back know of it.</summary>
    private async ValueTask<T> ObeyedAsync<T>(Task<T> change, CancellationToken cancellation)
    {
        var result = await change;
        if (engine.Peers is { } peers)
        {
            await peers.ObeyedAsync(cancellation);
        }

        return result;
    }
}
