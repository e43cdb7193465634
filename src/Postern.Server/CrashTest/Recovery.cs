namespace Postern.Server.CrashTest;

/// <summary>How fast the node came back, in milliseconds from the start of the process.</summary>
internal sealed record Recovery(int Count, double Min, double Median, double Max)
{
    public static Recovery? Of(IReadOnlyCollection<TimeSpan> times)
    {
        if (times.Count == 0)
        {
            return null;
        }

        var sorted = times.Select(time => Math.Round(time.TotalMilliseconds)).Order().ToArray();
        return new Recovery(sorted.Length, sorted[0], sorted[sorted.Length / 2], sorted[^1]);
    }
}
