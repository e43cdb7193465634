using Postern.Model;
using Postern.Ports;

namespace Postern.Repair;

/// <summary>The events of a list, in the order of the log.</summary>
internal sealed class NamedEvents(IStore store) : JobPlan(store)
{
    public override ValueTask<JobStep> NextAsync(Job job, int most, CancellationToken cancellation)
    {
        var subscription = job.Request.Subscription!.Number;
        var at = (int)job.Cursor.Position;
        var taken = job.Request.Events.Skip(at).Take(most).Select(sequence => new JobItem(new Match(sequence, subscription), Dead: 0)).ToList();
        return new(new JobStep(job, new JobCursor(0, at + taken.Count), taken, taken.Count, Last: at + taken.Count == job.Request.Events.Count));
    }
}
