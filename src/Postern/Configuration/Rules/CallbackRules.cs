using Postern.Configuration.Reading;
using Postern.Configuration.Values;

namespace Postern.Configuration.Rules;

/// <summary>What holds for the schedule as a whole.</summary>
internal static class CallbackRules
{
    public static void Check(PosternConfiguration configuration, Reader reader)
    {
        // A callback is handed out with the event's commit and has no due time before it fails.
        if (configuration.Callbacks.Schedule[0] is var first && first != TimeSpan.Zero)
        {
            reader.Report("callbacks.schedule[0]", $"is {Durations.Show(first)}, but the first attempt is made at once: begin the schedule with 0s.");
        }
    }
}
