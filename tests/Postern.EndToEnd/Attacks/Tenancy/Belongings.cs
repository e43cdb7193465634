namespace Postern.EndToEnd.Attacks.Tenancy;

/// <summary>Something of everything that a consumer can have an id of, or the same for ids that nobody has.</summary>
/// <param name="Ids">By the names of the description's parameters, and <c>callback</c> and <c>event</c>.</param>
/// <param name="Cursors">A place in each list, by the id of its call.</param>
internal sealed record Belongings(IReadOnlyDictionary<string, string> Ids, IReadOnlyDictionary<string, string> Cursors)
{
    /// <summary>Ids of the same kind that nobody has, as long as these, so that answers that name them are as long, too.</summary>
    public Belongings OfNobody() => new(
        Ids.ToDictionary(static id => id.Key, static id => $"{id.Value[..^2]}{(id.Value[^2] == 'A' ? 'B' : 'A')}{id.Value[^1]}"),
        Cursors.ToDictionary(static cursor => cursor.Key, static _ => "0"));

    /// <summary>An answer with the names of the ids in their places.</summary>
    public string Plain(string told) => Ids.Aggregate(told, static (text, id) => text.Replace(id.Value, $"<{id.Key}>", StringComparison.Ordinal));
}
