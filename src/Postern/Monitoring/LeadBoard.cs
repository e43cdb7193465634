namespace Postern.Monitoring;

/// <summary>How far this node is with leading.</summary>
public sealed class LeadBoard
{
    private readonly Lock gate = new();
    private TaskCompletionSource? beginning;

    public LeadState State { get; private set; }

    public void Show(LeadState state)
    {
        lock (gate)
        {
            State = state;
            if (state == LeadState.Beginning)
            {
                beginning = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
            else
            {
                beginning?.TrySetResult();
            }
        }
    }

    /// <summary>Waits while the node begins to lead: what it owes anew meanwhile could be given to the hub twice, by the rebuild and by whoever owes it.</summary>
    public Task SettledAsync(CancellationToken cancellation)
    {
        lock (gate)
        {
            return beginning?.Task.WaitAsync(cancellation) ?? Task.CompletedTask;
        }
    }
}

public enum LeadState
{
    /// <summary>It does not ask to lead.</summary>
    None = 0,

    /// <summary>Another node leads.</summary>
    StandingBy = 1,

    /// <summary>It leads, and starts what goes with that.</summary>
    Beginning = 2,

    Leading = 3,
}
