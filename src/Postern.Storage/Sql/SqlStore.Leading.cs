using Postern.Storage.Sql.Writing;

namespace Postern.Storage.Sql;

public abstract partial class SqlStore
{
    private int begun;

    public bool Leads => engine.Peers?.Leads ?? true;

    public async ValueTask LeadAsync(CancellationToken cancellation)
    {
        if (engine.Peers is { } peers)
        {
            await peers.LeadAsync(cancellation);
            if (Interlocked.Exchange(ref begun, 1) == 0)
            {
                subscriptionSteps.Start();
            }
        }
    }

    /// <summary>What a change has begun is ended by the node that leads, whichever began it.</summary>
    private void AddSteps(MoreToDo more)
    {
        if (Leads)
        {
            subscriptionSteps.Add(more);
        }
    }

    /// <summary>A change that no node acts against any more when this returns: the one that calls back knows of it.</summary>
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
