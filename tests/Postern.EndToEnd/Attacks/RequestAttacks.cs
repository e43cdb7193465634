namespace Postern.EndToEnd.Attacks;

/// <summary>One attack: bytes for one connection.</summary>
/// <param name="Number">Stands in every path of the wire, so that a request can be told from those of all others.</param>
internal sealed record RequestAttack(int Number, string Wire);

/// <summary>
/// Attacks on where a request ends, generated from what is known to have worked against one server or another: each way to spell a
/// field × each octet that some parser skips × each place of it, forms of chunks, ends of lines, request lines. Behind each follows a
/// harmless request, whose answer must be its own.
/// </summary>
internal static class RequestAttacks
{
    private const string Canary = "GET /canary/{nnn} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

    /// <summary>Controls: requests that nothing is wrong with, and that must be served.</summary>
    public static IReadOnlyList<RequestAttack> Harmless { get; } = Make(0, HeadAttacks.Harmless);

    public static IReadOnlyList<RequestAttack> All { get; } = Make(
        Harmless.Count,
        [
            .. LengthAttacks.Known, .. LengthAttacks.CodingAndLength, .. LengthAttacks.CodingAlone, .. LengthAttacks.Lengths, .. LengthAttacks.Doubles,
            .. ChunkAttacks.All, .. HeadAttacks.All,
        ]);

    private static RequestAttack[] Make(int first, IEnumerable<string> wires) =>
        [.. wires.Distinct().Select((wire, index) => new RequestAttack(
            first + index, (wire + Canary).Replace(Odd.Number, $"{first + index:D5}", StringComparison.Ordinal)))];
}
