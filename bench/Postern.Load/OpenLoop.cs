using System.Diagnostics;

namespace Postern.Load;

/// <summary>Requests at a constant rate, whatever the answers take: a stall shows in every request that was due during it.</summary>
internal static class OpenLoop
{
    /// <summary>Time stamps by request: when it was due, and when it was answered.</summary>
    internal sealed record Result(long[] Due, long[] Answered)
    {
        public double PerSecond => Due.Length / Stopwatch.GetElapsedTime(Due[0], Answered.Max()).TotalSeconds;
    }

    /// <param name="perSecond">Requests a second.</param>
    /// <param name="connections">Enough of them that one is always free while the server keeps up.</param>
    public static async Task<Result> RunAsync(int port, int connections, IReadOnlyList<byte[]> requests, double perSecond, int expected)
    {
        var (due, answered) = (new long[requests.Count], new long[requests.Count]);
        var start = Stopwatch.GetTimestamp() + Stopwatch.Frequency / 10;
        for (var index = 0; index < due.Length; index++)
        {
            due[index] = start + (long)(index / perSecond * Stopwatch.Frequency);
        }

        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(async () =>
        {
            using var client = await RawClient.ConnectAsync(port);
            for (var index = Interlocked.Increment(ref next); index < due.Length; index = Interlocked.Increment(ref next))
            {
                while (Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due[index]) is { Ticks: > 0 } early)
                {
                    // Delays are whole milliseconds: the last one is given up rather than slept too long.
                    await Task.Delay(early.TotalMilliseconds < 1 ? TimeSpan.FromMilliseconds(1) : early);
                }

                var status = await client.SendAsync(requests[index]);
                answered[index] = Stopwatch.GetTimestamp();
                if (status != expected)
                {
                    throw new InvalidOperationException($"Request {index} was answered {status}, not {expected}.");
                }
            }
        })));
        return new Result(due, answered);
    }

    /// <summary>Sorted latencies in ms from one time to another, of those that have both.</summary>
    public static double[] Latencies(IReadOnlyList<long> from, IReadOnlyList<long> to)
    {
        var latencies = from.Zip(to).Where(pair => pair.Second > 0).Select(pair => (pair.Second - pair.First) / (double)Stopwatch.Frequency * 1000).ToArray();
        Array.Sort(latencies);
        return latencies;
    }
}
