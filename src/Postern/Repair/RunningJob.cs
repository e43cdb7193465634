using Postern.Model;

namespace Postern.Repair;

/// <summary>A job that this process works on.</summary>
internal sealed class RunningJob(Job job, JobPlan plan) : IDisposable
{
    /// <summary>As its last step left it.</summary>
    public Job Job { get; set; } = job;

    public JobPlan Plan => plan;

    /// <summary>When its next step may begin.</summary>
    public TimeSpan Due { get; set; }

    /// <summary>It was paused, cancelled or has ended: nothing is done for it any more.</summary>
    public bool Dropped { get; private set; }

    public void Dispose()
    {
        Dropped = true;
        plan.Dispose();
    }
}
