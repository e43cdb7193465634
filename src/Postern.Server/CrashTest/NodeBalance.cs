using System.Globalization;

namespace Postern.Server.CrashTest;

/// <summary>What the node says it owes, read from its admin port.</summary>
/// <param name="Unmatched">Events on disk for which no callbacks have been made yet.</param>
internal readonly record struct NodeBalance(long Unmatched, long Pending, long Dead)
{
    public static async Task<NodeBalance?> ReadAsync(GatewayCaller admin, CancellationToken cancellation) =>
        await admin.CallAsync(HttpMethod.Get, "/metrics", cancellation: cancellation) is { IsSuccess: true } answer ? Read(answer.Body) : null;

    public static NodeBalance? Read(string metrics)
    {
        long? lag = null, pending = null, dead = null;
        foreach (var line in metrics.AsSpan().EnumerateLines())
        {
            lag ??= ValueOf(line, "postern_listener_lag");
            pending ??= ValueOf(line, "postern_callbacks_pending");
            dead ??= ValueOf(line, "postern_callbacks_dead");
        }

        return lag is { } unmatched && pending is { } owed && dead is { } kept ? new NodeBalance(unmatched, owed, kept) : null;
    }

    /// <summary>
    /// Whether every acknowledged event can still be accounted for at a subscription that wants all of them: not matched yet, owed, dead,
    /// or delivered. The acknowledged ones are counted before the node is asked and the delivered ones after, so that what moves
    /// meanwhile is not missed.
    /// </summary>
    public bool AccountsFor(long acknowledged, long delivered) => acknowledged <= Unmatched + Pending + Dead + delivered;

    // name{labels} value timestamp?
    private static long? ValueOf(ReadOnlySpan<char> line, string name)
    {
        if (!line.StartsWith(name, StringComparison.Ordinal) || line.Length == name.Length || line[name.Length] is not (' ' or '{'))
        {
            return null;
        }

        var brace = line.LastIndexOf('}');
        var rest = (brace > 0 ? line[(brace + 1)..] : line[name.Length..]).Trim();
        var space = rest.IndexOf(' ');
        return double.TryParse(space > 0 ? rest[..space] : rest, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? (long)value : null;
    }
}
