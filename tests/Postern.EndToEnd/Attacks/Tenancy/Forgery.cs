using System.Text.Json.Nodes;

namespace Postern.EndToEnd.Attacks.Tenancy;

/// <summary>A call that is right in everything, but for some ids that are not the caller's.</summary>
/// <param name="Theirs">Which inputs hold them.</param>
internal sealed record Forgery(DescribedCall Call, IReadOnlyList<string> Theirs)
{
    /// <summary>Of each call of the gateway port each id by itself among own ones, and all of its path together.</summary>
    public static IReadOnlyList<Forgery> All { get; } = [.. ApiDescription.Gateway.SelectMany(Of)];

    /// <summary>What of the tables is tried.</summary>
    public IEnumerable<string> Inputs => Theirs.Select(input => TenantInputs.Find(Call, input)!);

    /// <summary>Whether an id names something that is kept, rather than a place in the caller's own list.</summary>
    public bool IsOfSomething => !Theirs.Contains("query after");

    public string Path(Belongings own, Belongings others)
    {
        var path = own.Ids.Keys.Aggregate(
            Call.Path.Replace("/{resource}", "/orders", StringComparison.Ordinal),
            (filled, name) => filled.Replace($"{{{name}}}", (Theirs.Contains($"path {name}") ? others : own).Ids[name], StringComparison.Ordinal));
        return IsOfSomething ? path : $"{path}?after={others.Cursors[Call.Id]}";
    }

    /// <summary>What a call needs beside its ids, so that nothing but the id can be wrong with it.</summary>
    public JsonObject? Body(Belongings others) => Call.Id switch
    {
        "changeSubscription" => new() { ["mode"] = "structured" },
        "replaySubscription" when Theirs.Contains("body events") => new() { ["events"] = new JsonArray(others.Ids["event"]) },
        "replaySubscription" => new() { ["dead"] = true },
        "unsubscribe" when Theirs.Contains("body callback") => new() { ["callback"] = others.Ids["callback"] },
        "unsubscribe" => new() { ["id"] = others.Ids["id"] },
        _ => null,
    };

    public override string ToString() => $"{Call} with {string.Join(" and ", Theirs)} of another";

    private static IEnumerable<Forgery> Of(DescribedCall call)
    {
        string[] ids = [.. call.Inputs.Where(input => TenantInputs.Find(call, input) is { } known && TenantInputs.Ids.ContainsKey(known))];
        string[] ofPath = [.. ids.Where(static input => input.StartsWith("path ", StringComparison.Ordinal))];
        IEnumerable<string[]> together = ofPath.Length > 1 ? [ofPath] : [];
        return ids.Select(static input => (string[])[input]).Concat(together).Select(theirs => new Forgery(call, theirs));
    }
}
