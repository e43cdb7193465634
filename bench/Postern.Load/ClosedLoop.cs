using System.Diagnostics;

namespace Postern.Load;

/// <summary>A number of connections, each sending its next request when the last one was answered.</summary>
internal static class ClosedLoop
{
    /// <param name="Seconds">From the first request to the last answer.</param>
    /// <param name="P50">Median latency in ms.</param>
    /// <param name="P99">99th percentile of latency in ms.</param>
    internal sealed record Result(int Requests, double Seconds, double P50, double P99)
    {
        public double PerSecond => Requests / Seconds;
    }

    public static async Task<Result> RunAsync(int port, int connections, IReadOnlyList<byte[]> requests, int expected)
    {
        var next = -1;
        var latencies = new double[requests.Count];
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(async () =>
        {
            using var client = await RawClient.ConnectAsync(port);
            for (var index = Interlocked.Increment(ref next); index < requests.Count; index = Interlocked.Increment(ref next))
            {
                var start = Stopwatch.GetTimestamp();
                var status = await client.SendAsync(requests[index]);
                latencies[index] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                if (status != expected)
                {
                    throw new InvalidOperationException($"Request {index} was answered {status}, not {expected}.");
                }
            }
        })));
        var seconds = watch.Elapsed.TotalSeconds;
        Array.Sort(latencies);
        return new Result(requests.Count, seconds, Percentile(latencies, 0.50), Percentile(latencies, 0.99));
    }

    public static double Percentile(double[] sorted, double share) => sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * share))];
}
