namespace Postern.EndToEnd.Attacks;

/// <summary>Attacks on the request line, the ends of lines, the fields and the host (RFC 9112 §2.2, §3, §5).</summary>
internal static class HeadAttacks
{
    private static readonly string[] LineEnds = ["\n", "\r", "\r\r\n", "\n\r", "\0\r\n", "\x0b\r\n", "\x85", "\r\n\t\r\n", "\r\n \r\n", "", " \r\n", "\t\r\n"];

    public static IEnumerable<string> Harmless { get; } =
    [
        "GET /c/{nnn} HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /orders/{nnn} HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST /c/{nnn} HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
        "POST /orders/{nnn} HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
        "POST /c/{nnn} HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
        "POST /c/{nnn} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        "PUT /orders/{nnn} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;a=b\r\nllo\r\n0\r\nX: y\r\n\r\n",
        "PATCH /c/{nnn} HTTP/1.1\r\nHost: a:80\r\nX-Empty:\r\nX-Old: \xe9\r\n\r\n",
        "DELETE /c/{nnn}?a=b HTTP/1.1\r\nhOST:a\r\n\r\n",
    ];

    public static IEnumerable<string> All { get; } =
    [
        .. LineEnds.SelectMany(static end => (string[])
        [
            $"GET /c/{{nnn}} HTTP/1.1{end}Host: a\r\n\r\n",
            $"GET /c/{{nnn}} HTTP/1.1\r\nHost: a{end}\r\n",
            $"GET /c/{{nnn}} HTTP/1.1\r\nX: y{end}Host: a\r\n\r\n",
            $"GET /c/{{nnn}} HTTP/1.1\r\nHost: a\r\n{end}",
            $"{end}GET /c/{{nnn}} HTTP/1.1\r\nHost: a\r\n\r\n",
            $"{end}{end}GET /c/{{nnn}} HTTP/1.1\r\nHost: a\r\n\r\n",
        ]),
        .. Odd.Octets.SelectMany(static octet => (string[])
        [
            $"G{octet}T /c/{{nnn}} HTTP/1.1\r\nHost: a\r\n\r\n",
            $"GET{octet}/c/{{nnn}} HTTP/1.1\r\nHost: a\r\n\r\n",
            $"GET /c/{octet}/{{nnn}} HTTP/1.1\r\nHost: a\r\n\r\n",
            $"GET /c/{{nnn}}{octet}HTTP/1.1\r\nHost: a\r\n\r\n",
            $"GET /c/{{nnn}}?a{octet}b HTTP/1.1\r\nHost: a\r\n\r\n",
            $"GET /c/{{nnn}} HTTP/1.1{octet}\r\nHost: a\r\n\r\n",
            $"GET /c/{{nnn}} HTTP{octet}1.1\r\nHost: a\r\n\r\n",
            $"GET /c/{{nnn}} HTTP/1.1\r\nHost: a{octet}b\r\n\r\n",
        ]),
        .. Odd.Spell("X-Name", "value").Select(static field => $"POST /c/{{nnn}} HTTP/1.1\r\nHost: a\r\n{field}Content-Length: 5\r\n\r\nhello"),
        .. ((string[])["HTTP/1.2", "HTTP/0.9", "HTTP/2.0", "HTTP/3", "http/1.1", "HTTP/1.10", "HTTP/01.1", "HTTP/11", "HTTP/1,1", "HTTP /1.1", "XTTP/1.1", "HTTP/1.1 HTTP/1.1", ""])
            .Select(static version => $"GET /c/{{nnn}} {version}\r\nHost: a\r\n\r\n"),
        .. ((string[])
        [
            "http://b/c/{nnn}", "http://a@b/c/{nnn}", "http:///c/{nnn}", "//b/c/{nnn}", "*", "c/{nnn}", "", "a:80", "http://a/c/{nnn}#x", "/c/{nnn}#x", "/c/{nnn} x", "\\c\\{nnn}", "http:/c/{nnn}", "?{nnn}", "ftp://a/c/{nnn}",
        ]).Select(static target => $"GET {target} HTTP/1.1\r\nHost: a\r\n\r\n"),
        .. ((string[])
        [
            "", "Host: a\r\nHost: a\r\n", "Host: a\r\nHost: b\r\n", "Host: a, b\r\n", "Host: a b\r\n", "Host: a/b\r\n", "Host: user@a\r\n", "Host: a:b\r\n", "Host: a:99999999\r\n", "Host: a#b\r\n",
            "Host: http://a\r\n", "Host: [::1\r\n", "Host:\r\n a\r\n", "Host : a\r\n", "Host\r\n: a\r\n", "Host: a\r\nhost: b\r\n", "Host: a\\b\r\n", "Host: a?b\r\n", "Host: a%00\r\n",
        ]).Select(static host => $"GET /c/{{nnn}} HTTP/1.1\r\n{host}\r\n"),
        .. ((string[])["X\r\n", ": y\r\n", "X y: z\r\n", "X: a\r\n b\r\n", "X: a\r\n\tb\r\n", "X@y: z\r\n", "(X): y\r\n", "X: y\r\n\r", "X:: y\r\n", "\"X\": y\r\n"])
            .Select(static field => $"GET /c/{{nnn}} HTTP/1.1\r\nHost: a\r\n{field}\r\n"),
        .. ((string[])["TRACE", "CONNECT", "PRI", "get", "GET/", "G@T", "GET\0", "M-SEARCH", "POST;x", new string('G', 9_000)])
            .Select(static method => $"{method} /c/{{nnn}} HTTP/1.1\r\nHost: a\r\n\r\n"),
        $"GET /c/{{nnn}}?{new string('a', 20_000)} HTTP/1.1\r\nHost: a\r\n\r\n",
        $"GET /c/{{nnn}} HTTP/1.1\r\nHost: a\r\nX: {new string('a', 40_000)}\r\n\r\n",
        $"GET /c/{{nnn}} HTTP/1.1\r\nHost: a\r\n{string.Concat(Enumerable.Repeat("X: y\r\n", 200))}\r\n",
        "\r\n\r\n\r\n\r\nGET /c/{nnn} HTTP/1.1\r\nHost: a\r\n\r\n",
        "\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03",
        "\0\0\0\0",
    ];
}
