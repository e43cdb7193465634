namespace Postern.EndToEnd.Attacks;

/// <summary>What an API answers that has been taken over, or never was sane.</summary>
/// <param name="Closes">Whether it closes the connection behind its answer.</param>
/// <param name="MustFail">Nobody may get this as a whole response.</param>
internal sealed record ResponseAttack(string Wire, bool Closes, bool MustFail);

/// <summary>Responses whose end can be read in two ways, or that have none (RFC 9112 §6.3, §7.1).</summary>
internal static class ResponseAttacks
{
    /// <summary>Stands in what must never be a part of another response.</summary>
    public const string Poison = "POISON";

    private const string Second = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n" + Poison;
    private const string Ok = "HTTP/1.1 200 OK\r\n";
    private const string Chunked = "Transfer-Encoding: chunked\r\n";

    private static readonly string[] MustFail =
    [
        "HTTP/1.1 099 Odd\r\nContent-Length: 2\r\n\r\nok", "HTTP/1.1 999 Odd\r\nContent-Length: 2\r\n\r\nok", "HTTP/1.1 600 Odd\r\nContent-Length: 2\r\n\r\nok", "HTTP/1.1 000 Odd\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 20 OK\r\nContent-Length: 2\r\n\r\nok", "HTTP/1.1 2000 OK\r\nContent-Length: 2\r\n\r\nok", "HTTP/1.1 2x0 OK\r\nContent-Length: 2\r\n\r\nok", "HTTP/1.1 -200 OK\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/2.0 200 OK\r\nContent-Length: 2\r\n\r\nok", "HTTQ/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "SSH-2.0-OpenSSH\r\n", "220 mail ESMTP\r\n", "ok\r\n\r\n", "\0\0\0\0\r\n\r\n", "",
        Ok + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello" + Poison, Ok + "Content-Length: 5, 6\r\n\r\nhello" + Poison,
        Ok + "Content-Length: 10\r\n\r\nhello", Ok + Chunked + "\r\n5\r\nhel", Ok + Chunked + "\r\n5\r\nhello\r\n", Ok + Chunked + "\r\n5\r\nhello\r\n0\r\n",
        Ok + Chunked + "\r\nxyz\r\nhello\r\n0\r\n\r\n", Ok + Chunked + "\r\n-5\r\nhello\r\n0\r\n\r\n", Ok + Chunked + "\r\nFFFFFFFFFFFFFFFFF\r\nhello\r\n0\r\n\r\n", Ok + Chunked + "\r\n5\r\nhelloX\r\n0\r\n\r\n",
        Ok + "Transfer-Encoding: gzip, chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", Ok + "Transfer-Encoding: gzip\r\n\r\nhello", Ok + "Transfer-Encoding: xchunked\r\n\r\nhello",
        Ok + $"X: {new string('a', 200_000)}\r\nContent-Length: 2\r\n\r\nok", Ok + string.Concat(Enumerable.Repeat("X: y\r\n", 30_000)) + "Content-Length: 2\r\n\r\nok",
        string.Concat(Enumerable.Repeat("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", 5_000)),
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n" + Poison, "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 102 Processing\r\n\r\n", "HTTP/1.1 199 Odd\r\n\r\n",
    ];

    private static readonly string[] Statuses = ["200 OK", "201 Created", "204 No Content", "205 Reset Content", "304 Not Modified", "404 Not Found", "500 Oops", "200", "200 ", "200 \xe9\xff", "200 a\tb"];

    private static readonly string[] Framings =
    [
        "Content-Length: 5\r\n", "Content-Length: 5\r\nContent-Length: 5\r\n", "Content-Length: 5, 5\r\n", "Content-Length: +5\r\n", "Content-Length: 05\r\n", "Content-Length: 5 \r\n", "Content-Length: 0x5\r\n",
        "Content-Length: -5\r\n", "Content-Length: \r\n", "Content-Length: 99999999999999999999\r\n", "Content-Length : 5\r\n", "Content-Length: 5\n", "Content-Length:\r\n 5\r\n", "Content-Length: 0\r\n", "",
        "Content-Length: 3\r\n" + Chunked, Chunked + "Content-Length: 500\r\n", Chunked + Chunked, "Transfer-Encoding: identity\r\nContent-Length: 5\r\n", "Transfer-Encoding : chunked\r\n",
        "Transfer-Encoding: chunked\n", "Transfer-Encoding:\r\n chunked\r\n", "Transfer-Encoding:\x0b" + "chunked\r\nContent-Length: 5\r\n", "Connection: Content-Length\r\nContent-Length: 5\r\n", "Connection: keep-alive\r\nKeep-Alive: timeout=1000\r\nContent-Length: 5\r\n",
    ];

    private static readonly string[] Bodies =
    [
        "hello", "hello" + Second, "hello\r\n\r\n" + Second, "5\r\nhello\r\n0\r\n\r\n", "5\r\nhello\r\n0\r\n\r\n" + Second, "5;\n\r\nhello\r\n0\r\n\r\n" + Second, "5\nhello\n0\n\n" + Second,
        "5\r\nhello\r\n0\r\nContent-Length: 9\r\nX-User-Id: root\r\n\r\n" + Second, "5\r\nhello\r\n0\r\nHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n" + Poison,
    ];

    public static IReadOnlyList<ResponseAttack> All { get; } =
    [
        .. MustFail.Select(static wire => new ResponseAttack(wire, Closes: true, MustFail: true)),
        .. from framing in Framings from body in Bodies from closes in (bool[])[false, true]
           select new ResponseAttack($"{Ok}{framing}\r\n{body}", closes || !Ends(framing, body), MustFail: false),
        .. from status in Statuses from body in Bodies
           select new ResponseAttack($"HTTP/1.1 {status}\r\nContent-Length: 5\r\n\r\n{body}", Closes: false, MustFail: false),
        .. Odd.Spell("Content-Length", "5").Concat(Odd.Spell("Transfer-Encoding", "chunked")).Concat(Odd.Spell("X-Name", "value"))
           .Select(static field => new ResponseAttack($"{Ok}{field}\r\nhello{Second}", Closes: true, MustFail: false)),
        new ResponseAttack("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + Second.Replace(Poison, "mine !", StringComparison.Ordinal), Closes: false, MustFail: false),
        new ResponseAttack("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 None\r\n\r\n" + Second, Closes: false, MustFail: false),
    ];

    // Otherwise the gateway rightly waits for the rest.
    private static bool Ends(string framing, string body) =>
        framing.StartsWith("Content-Length: 5", StringComparison.Ordinal) || (framing == Chunked && body.Contains("0\r\n\r\n", StringComparison.Ordinal));
}
