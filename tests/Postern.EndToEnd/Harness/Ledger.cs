namespace Postern.EndToEnd.Harness;

/// <summary>Accepted against delivered, event by event and path by path.</summary>
internal sealed record Ledger(IReadOnlyList<string> Lost, IReadOnlyList<string> Unintended, int Duplicates)
{
    /// <param name="accepted">Ids of the events that every path is owed.</param>
    /// <param name="paths">The paths that are subscribed.</param>
    public static Ledger Of(IReadOnlyCollection<string> accepted, IReadOnlyList<string> paths, IReadOnlyCollection<ReceivedCall> calls)
    {
        var delivered = calls.GroupBy(call => (call.Path, call.EventId)).ToDictionary(group => group.Key, group => group.Count());
        var owed = paths.SelectMany(path => accepted.Select(id => (Path: path, EventId: id))).ToHashSet();
        return new Ledger(
            [.. owed.Where(pair => !delivered.ContainsKey(pair)).Select(pair => $"{pair.EventId} at {pair.Path}")],
            [.. delivered.Keys.Where(pair => !owed.Contains(pair)).Select(pair => $"{pair.EventId} at {pair.Path}"),
                .. calls.Where(call => !call.Verified).Select(call => $"{call.EventId} at {call.Path}, not verified")],
            delivered.Values.Sum(times => times - 1));
    }

    public void AssertNothingLost()
    {
        Assert.True(Lost.Count == 0, $"{Lost.Count} lost: {string.Join(", ", Lost.Take(10))}");
        Assert.True(Unintended.Count == 0, $"{Unintended.Count} unintended: {string.Join(", ", Unintended.Take(10))}");
    }
}
