using Postern.Configuration;
using Postern.Model;
using Postern.Ports;

namespace Postern.Repair;

/// <summary>
/// Finds what the next step of a job owes again. It only reads: whatever changes until the step is committed, the store looks
/// at each callback again.
/// </summary>
internal abstract class JobPlan(IStore store) : IDisposable
{
    protected IStore Store => store;

    /// <summary>Throws <see cref="JobFaultException"/> when the job cannot go on.</summary>
    /// <param name="most">Callbacks the step may owe.</param>
    public abstract ValueTask<JobStep> NextAsync(Job job, int most, CancellationToken cancellation);

    /// <summary>Another job has owed these events to the subscription of this one: what was read ahead of them does not hold any more.</summary>
    public virtual void Owed(IEnumerable<long> events)
    {
    }

    /// <summary>Nothing that was read ahead may hold any more.</summary>
    public virtual void Forget()
    {
    }

    public virtual void Dispose()
    {
    }

    public static JobPlan Of(Job job, IStore store, LiveConfiguration live) => job.Request switch
    {
        { Kind: JobKind.Dead, Endpoint: { } endpoint } => new DeadAtEndpoint(store, endpoint),
        { Kind: JobKind.Dead } => new DeadCallbacks(store),
        { Kind: JobKind.Events } => new NamedEvents(store),
        _ => new EventLog(store, live),
    };
}

/// <summary>A job cannot go on; the message says why to whoever asked for it.</summary>
internal sealed class JobFaultException(string message) : Exception(message);
