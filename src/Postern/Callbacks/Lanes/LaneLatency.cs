namespace Postern.Callbacks.Lanes;

/// <summary>
/// What answers tell by the time they take. Fast and slow are moving averages (weights 1/5 and 1/500; slow follows down at 1/20). While fast stays below twice
/// slow, the endpoint is not queueing and the window may grow; above it the window is multiplied by 2 × slow / fast, at least by a half,
/// once in as many answers as the window has places — the gradient of TCP Vegas, with tolerance 2. 10 ms more or less are noise.
/// </summary>
internal readonly record struct LaneLatency(double Fast, double Slow, int Answers)
{
    private const double Tolerance = 2;
    private const double Noise = 0.010;

    public double Gradient => Fast == 0 ? 1 : Math.Clamp(Tolerance * Math.Max(Slow, Noise) / Fast, 0.5, 1);

    public LaneLatency Add(TimeSpan took)
    {
        var seconds = took.TotalSeconds;
        return Slow == 0 ? new(seconds, seconds, 1) : new(Fast + (seconds - Fast) / 5, Slow + (seconds - Slow) / (seconds < Slow ? 20 : 500), Answers + 1);
    }

    /// <summary>The window after an answer in time: one more, or less where answers begin to take longer.</summary>
    public (int Window, LaneLatency Latency) Next(int window, int max)
    {
        if (Gradient >= 1)
        {
            return (Math.Min(window + 1, max), this with { Answers = 0 });
        }

        return Answers >= window
            ? (Math.Clamp((int)(window * Gradient), 1, max), this with { Answers = 0 })
            : (Math.Min(window, max), this);
    }
}
