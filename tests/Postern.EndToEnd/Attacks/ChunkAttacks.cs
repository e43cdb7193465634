namespace Postern.EndToEnd.Attacks;

/// <summary>Attacks on the forms of chunks (RFC 9112 §7.1), among them those of CVE-2025-55315: an extension that two parsers end at different places.</summary>
internal static class ChunkAttacks
{
    private const string Hidden = "GET /smuggled/{nnn} HTTP/1.1\r\nHost: a\r\n";

    // Five octets of data follow each.
    private static readonly string[] Sizes =
    [
        "5", "05", "0000000005", "00000000000000000000005", "5 ", "5\t", " 5", "\t5", "+5", "-5", "0x5", "5h", "5,", "5.0", "5_", "\"5\"", "%35", "5\0", "\x005", "5\x0b", "5\xa0",
        "FFFFFFFFFFFFFFFF5", "10000000000000005", "100000005", "80000005", "FFFFFFFB", "7FFFFFFFFFFFFFFF", "", "G", "5 5",
    ];

    private static readonly string[] Extensions =
    [
        "", ";", ";a", ";a=b", ";a=\"b\"", ";a=\"", ";a=\"\r\"", ";\0", ";\x7f", ";\xff", ";\x0b", "; a = b ", ";;;", ";a;b=c", ";\t", "\t;a", " ;a", ";a\r", ";a\rb", ";\r\r",
    ];

    private static readonly string[] Terminators = ["\r\n", "\n", "\r", "", "\n\r", "\r\r\n", "\0\r\n", " \r\n", "\r \n", "\x0b\r\n"];

    private static readonly string[] Lasts = ["0", "00", "0;a", "0;a=\"\n\"", "0 ", "-0", "+0", "0x0", "", "\0", "0\r", "0;\n", "O"];

    private static readonly string[] Trailers =
    [
        "", "Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n", "Host: evil\r\n", "X-User-Id: root\r\n", "X : y\r\n", " folded\r\n", "X: a\nb\r\n", "X: a\r b\r\n", "X\r\n", ": y\r\n", "X: \0\r\n",
        "GET /smuggled/{nnn} HTTP/1.1\r\n", "Connection: close\r\n",
    ];

    public static IEnumerable<string> All { get; } =
    [
        .. from size in Sizes from terminator in Terminators select Body($"{size}{terminator}hello\r\n0\r\n\r\n"),
        .. from extension in Extensions from terminator in Terminators select Body($"5{extension}{terminator}hello\r\n0\r\n\r\n"),
        .. from terminator in Terminators select Body($"5\r\nhello{terminator}0\r\n\r\n"),
        .. from last in Lasts from terminator in Terminators select Body($"5\r\nhello\r\n{last}{terminator}\r\n"),
        .. from trailer in Trailers from terminator in Terminators select Body($"5\r\nhello\r\n0\r\n{trailer}{terminator}"),
        // What stands in the extension of one parser is a request to the other.
        .. from extension in Extensions from end in (string[])["\n", "\r", "\r\r", "\n\n"]
           select Body($"5{extension}{end}{new string('x', 3)}\r\n{Hidden.Length:x}\r\n{Hidden}\r\n0\r\n\r\n"),
        // Data that is longer or shorter than was said.
        .. from data in (string[])["hell", "hello!", "hello\r\n", "", "hello" + Odd.Smuggled] select Body($"5\r\n{data}\r\n0\r\n\r\n"),
        Body("0\r\n\r\n" + Odd.Smuggled),
        Body("0\r\n" + Odd.Smuggled),
        Body("5\r\nhello\r\n" + Odd.Smuggled),
        Body($"5;{new string('a', 20_000)}\r\nhello\r\n0\r\n\r\n"),
        Body($"5\r\nhello\r\n0\r\nX: {new string('a', 60_000)}\r\n\r\n"),
        Body(string.Concat(Enumerable.Repeat("1\r\na\r\n", 2_000)) + "0\r\n\r\n"),
    ];

    private static string Body(string chunks) => $"{Odd.Post}Transfer-Encoding: chunked\r\n\r\n{chunks}";
}
