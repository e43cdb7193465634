namespace Postern.EndToEnd.Attacks;

/// <summary>What attacks are made of.</summary>
internal static class Odd
{
    /// <summary>Stands for the number of the attack, which has five digits as well: lengths stay what they are.</summary>
    public const string Number = "{nnn}";

    /// <summary>The beginning of a request that somebody could take for another one.</summary>
    public const string Post = $"POST /c/{Number} HTTP/1.1\r\nHost: a\r\n";

    /// <summary>The request that must never get through.</summary>
    public const string Smuggled = $"GET /smuggled/{Number} HTTP/1.1\r\nHost: a\r\n\r\n";

    /// <summary>Octets that one parser or another skips, trims, ends a line at or cannot carry.</summary>
    public static IEnumerable<char> Octets { get; } =
        [.. Enumerable.Range(0, 33).Select(static octet => (char)octet), '\x7f', '\x80', '\x85', '\xa0', '\xff'];

    /// <summary>A field with an odd octet at each place where parsers differ about it.</summary>
    public static IEnumerable<string> Spell(string name, string value) => Octets.SelectMany(octet => (string[])
    [
        $"{octet}{name}: {value}\r\n",
        $"{name[..4]}{octet}{name[4..]}: {value}\r\n",
        $"{name}{octet}: {value}\r\n",
        $"{name}:{octet}{value}\r\n",
        $"{name}: {value[..1]}{octet}{value[1..]}\r\n",
        $"{name}: {value}{octet}\r\n",
        $"{name}: {value}\r{octet}\n",
        $"X: x{octet}{name}: {value}\r\n",
        $"X: x\r{octet}{name}: {value}\r\n",
        $"{name}: {value}, {octet}\r\n",
    ]);
}
