namespace Postern.EndToEnd.Attacks.Wire;

/// <summary>Shows what stands on a wire in a failure.</summary>
internal static class WireText
{
    private const int MaxLength = 600;

    public static string Show(string? wire) => wire is null ? "nothing to the end" : string.Concat(wire.Take(MaxLength).Select(Show)) + (wire.Length > MaxLength ? "…" : "");

    private static string Show(char octet) => octet switch
    {
        '\r' => "\\r",
        '\n' => "\\n",
        >= ' ' and <= '~' => $"{octet}",
        _ => $"\\x{(int)octet:x2}",
    };
}
