using System.Collections.Concurrent;

namespace Postern.Monitoring;

/// <summary>
/// Whether this process can do its work, for <c>/readyz</c>. A part that is not ready says why; without a reason it is ready.
/// </summary>
public sealed class Readiness
{
    /// <summary>The part that stands for the start of the whole process.</summary>
    internal const string StartUp = "start-up";

    /// <summary>The part that stands for its end.</summary>
    internal const string ShutDown = "shutdown";

    private readonly ConcurrentDictionary<string, string> reasons = new(StringComparer.Ordinal)
    {
        [StartUp] = "Start-up has not finished.",
    };

    /// <summary>Reports one part of the process.</summary>
    /// <param name="part">A short name that stays the same: <c>listener</c>.</param>
    /// <param name="reason">Why it is not ready, in words for an operator, without secrets; null: it is ready.</param>
    public void Report(string part, string? reason)
    {
        if (reason is null)
        {
            reasons.TryRemove(part, out _);
        }
        else
        {
            reasons[part] = reason;
        }
    }

    /// <summary>What is not ready and why, by part; empty: everything is.</summary>
    public IReadOnlyDictionary<string, string> Reasons =>
        new SortedDictionary<string, string>(reasons, StringComparer.Ordinal);
}
