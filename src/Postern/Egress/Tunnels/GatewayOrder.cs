namespace Postern.Egress.Tunnels;

/// <summary>
/// Which gateway is tried next: those that work by turns, then those that are away. One that has failed is tried again by one
/// connection at a time, so that the others do not wait for it.
/// </summary>
internal sealed class GatewayOrder(IReadOnlyList<string> gateways, TimeProvider time)
{
    /// <summary>How long one that has failed comes after the others.</summary>
    public static readonly TimeSpan Holds = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private readonly Dictionary<string, long> failed = new(StringComparer.Ordinal);
    private int turn;

    public IReadOnlyList<string> Next()
    {
        lock (gate)
        {
            var first = turn++ % gateways.Count;
            turn %= gateways.Count;
            string[] order = [.. Enumerable.Range(0, gateways.Count).Select(index => gateways[(first + index) % gateways.Count]).OrderBy(IsAway)];
            if (failed.ContainsKey(order[0]))
            {
                failed[order[0]] = time.GetTimestamp();
            }

            return order;
        }
    }

    /// <returns>True where it worked before: the news are worth telling.</returns>
    public bool Fail(string gateway)
    {
        lock (gate)
        {
            var news = !failed.ContainsKey(gateway);
            failed[gateway] = time.GetTimestamp();
            return news;
        }
    }

    /// <returns>True where it had failed before.</returns>
    public bool Work(string gateway)
    {
        lock (gate)
        {
            return failed.Remove(gateway);
        }
    }

    private bool IsAway(string gateway) => failed.TryGetValue(gateway, out var at) && time.GetElapsedTime(at) < Holds;
}
