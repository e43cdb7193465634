namespace Postern.EndToEnd.Attacks;

/// <summary>Attacks on the fields that say how long a body is (RFC 9112 §6.3).</summary>
internal static class LengthAttacks
{
    private const string Chunked = "Transfer-Encoding: chunked\r\n";

    // By its chunks the body ends at once, and what follows is a request; by its length all of it is the body.
    private const string EndsEarly = "0\r\n\r\n" + Odd.Smuggled;

    // The same with one more chunk first: by a length of 4 the request begins in the middle.
    private const string EndsLate = "3\r\nabc\r\n0\r\n\r\n";

    private static readonly string Length = $"Content-Length: {EndsEarly.Length}\r\n";

    /// <summary>The classes of every published list, one by one.</summary>
    public static IEnumerable<string> Known { get; } =
    [
        Request(Length + Chunked, EndsEarly),
        Request(Chunked + Length, EndsEarly),
        Request("Content-Length: 4\r\n" + Chunked, EndsLate),
        Request(Chunked + "X-Content-Length: 4\r\n", EndsLate),
        Request("Transfer-Encoding: chunked, chunked\r\n", EndsLate),
        Request("Transfer-Encoding: identity, chunked\r\n", EndsLate),
        Request("Transfer-Encoding: gzip, chunked\r\n", EndsLate),
        Request("Transfer-Encoding: chunked, identity\r\n", EndsLate),
        Request("Transfer-Encoding: identity\r\n", EndsLate),
        Request("Transfer-Encoding: xchunked\r\n", EndsLate),
        Request("Transfer-Encoding: chunkedx\r\n", EndsLate),
        Request("Transfer-Encoding: \"chunked\"\r\n", EndsLate),
        Request("Transfer-Encoding: chunked;q=1\r\n", EndsLate),
        Request("Transfer-Encoding: chunked; foo\r\n", EndsLate),
        Request("Transfer-Encoding: chunked,\r\n", EndsLate),
        Request("Transfer-Encoding: ,chunked\r\n", EndsLate),
        Request("Transfer-Encoding: x chunked\r\n", EndsLate),
        Request("Transfer-Encoding:\r\n chunked\r\n", EndsLate),
        Request("Transfer-Encoding:\r\n\tchunked\r\n", EndsLate),
        Request("Transfer-Encoding\r\n : chunked\r\n", EndsLate),
        Request("Transfer-Encoding:\r\n", EndsLate),
        Request("Transfer-Encoding chunked\r\n", EndsLate),
        Request("Transfer_Encoding: chunked\r\n" + Length, EndsEarly),
        Request("Transfer.Encoding: chunked\r\n" + Length, EndsEarly),
        Request("TRANSFER-ENCODING: CHUNKED\r\n" + Length, EndsEarly),
        Request("transfer-encoding: chunKed\r\n" + Length, EndsEarly),
        Request(Chunked + Chunked, EndsLate),
        Request(Chunked + "Transfer-Encoding: identity\r\n", EndsLate),
        Request("Transfer-Encoding: identity\r\n" + Chunked, EndsLate),
        Request(Chunked + "Transfer-Encoding: cow\r\n" + Length, EndsEarly),
        Request("Connection: Transfer-Encoding\r\n" + Chunked, EndsLate),
        Request("Connection: Content-Length\r\n" + Length, EndsEarly),
        Request("Connection: keep-alive, Content-Length\r\n" + Length, EndsEarly),
        Request("Connection: close, Transfer-Encoding\r\n" + Chunked, EndsLate),
        Request("Trailer: Content-Length\r\n" + Chunked, "3\r\nabc\r\n0\r\nContent-Length: 9\r\n\r\n"),
        // A body that breaks off: what there is of it must not become a request.
        Request("Content-Length: 5000\r\n", Odd.Smuggled),
        Request("Content-Length: 5000\r\nExpect: 100-continue\r\n", Odd.Smuggled),
        Request(Chunked, "1388\r\n" + Odd.Smuggled),
        "PUT /orders/{nnn} HTTP/1.1\r\nHost: a\r\nContent-Length: 5000\r\n\r\n" + Odd.Smuggled,
        "POST /orders/subscribe?{nnn} HTTP/1.1\r\nHost: a\r\nContent-Length: 5000\r\n\r\n" + Odd.Smuggled,
        "POST /c/{nnn} HTTP/1.0\r\nHost: a\r\n" + Chunked + "\r\n" + EndsLate,
        "POST /c/{nnn} HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n" + Chunked + "\r\n" + EndsLate,
        "POST /c/{nnn} HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n" + Length + Chunked + "\r\n" + EndsEarly,
        "GET /c/{nnn} HTTP/1.1\r\nHost: a\r\n" + Length + "\r\n" + EndsEarly,
        "GET /c/{nnn} HTTP/1.1\r\nHost: a\r\n" + Chunked + "\r\n" + EndsLate,
        "DELETE /c/{nnn} HTTP/1.1\r\nHost: a\r\n" + Length + "\r\n" + EndsEarly,
        "OPTIONS /c/{nnn} HTTP/1.1\r\nHost: a\r\n" + Length + "\r\n" + EndsEarly,
        Odd.Post + "\r\n" + Odd.Smuggled,
        Request("Expect: 100-continue\r\n" + Length, EndsEarly),
        Request("Expect: 100-continue\r\nExpect: 100-continue\r\n" + Chunked, EndsLate),
        Request("Expect: x 100-continue\r\n" + Length, EndsEarly),
        Request("Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n" + Length, EndsEarly),
        Request("Upgrade: websocket\r\nConnection: Upgrade\r\n" + Length, EndsEarly),
        Request("Upgrade: websocket, h2c\r\nConnection: Upgrade\r\n" + Chunked, EndsLate),
    ];

    /// <summary>A coding that one of two parsers does not see, beside a length.</summary>
    public static IEnumerable<string> CodingAndLength { get; } = Odd.Spell("Transfer-Encoding", "chunked").SelectMany(static coding => (string[])
    [
        Request(Length + coding, EndsEarly),
        Request(coding + Length, EndsEarly),
    ]);

    /// <summary>The same without a length: whoever does not see the coding takes the chunks for a request.</summary>
    public static IEnumerable<string> CodingAlone { get; } = Odd.Spell("Transfer-Encoding", "chunked").Select(static coding => Request(coding, EndsLate));

    /// <summary>Lengths that one parser reads otherwise than another, or not at all.</summary>
    public static IEnumerable<string> Lengths { get; } =
    [
        .. Odd.Spell("Content-Length", "12").Select(static length => Request(length, "abcdefghijkl")),
        .. Odd.Spell("Content-Length", "12").Select(static length => Request(length + "Content-Length: 12\r\n", "abcdefghijkl")),
        .. OddNumbers.Select(static number => Request($"Content-Length: {number}\r\n", "abcdefghijkl")),
        .. OddNumbers.Select(static number => Request($"Content-Length: 12\r\nContent-Length: {number}\r\n", "abcdefghijkl")),
        .. OddNumbers.Select(static number => Request($"Content-Length: {number}\r\nContent-Length: 12\r\n", "abcdefghijkl")),
        .. OddNumbers.Select(static number => Request($"Content-Length: {number}\r\n" + Chunked, EndsLate)),
    ];

    /// <summary>Two fields, each of which is a coding to somebody.</summary>
    public static IEnumerable<string> Doubles { get; } =
        from first in OddCodings from second in OddCodings select Request(first + second + Length, EndsEarly);

    private static string[] OddNumbers =>
    [
        "+12", "-12", "-0", "0x12", "0xc", "012", "0000000000000000000012", "12.0", "12e0", "1e1", "12,12", "12, 12", "12,", ",12", "12;", "12;a=b", "12 12",
        "1 2", "\"12\"", "'12'", "12\0", "12a", "a12", "", "0", "4", "99999999999999999999", "18446744073709551628", "4294967308", "9223372036854775807",
        "9223372036854775808", "\xb2", "\xef\xbc\x91\xef\xbc\x92", "twelve", "1_2", "1,2", "%31%32", "NaN", "Infinity",
    ];

    private static string[] OddCodings =>
    [
        "Transfer-Encoding: chunked\r\n", "Transfer-Encoding: identity\r\n", "Transfer-Encoding: xchunked\r\n", "Transfer-Encoding : chunked\r\n",
        " Transfer-Encoding: chunked\r\n", "Transfer-Encoding:\tchunked\r\n", "Transfer-Encoding: chunked\t\r\n", "transfer_encoding: chunked\r\n",
        "Transfer-Encoding:\x0b" + "chunked\r\n", "Transfer-Encoding: chunked\n", "X: y\nTransfer-Encoding: chunked\r\n", "Transfer-Encoding: cow\r\n",
        "Transfer-Encoding: chunked, cow\r\n", "Transfer-Encoding\0: chunked\r\n", "Content-Encoding: chunked\r\n", "TE: chunked\r\n",
    ];

    private static string Request(string fields, string body) => $"{Odd.Post}{fields}\r\n{body}";
}
