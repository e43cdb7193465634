using System.Text.RegularExpressions;

namespace Postern.Tests.Gateway;

/// <summary>Raw requests against a recording upstream: it sees exactly one well-formed request, or none.</summary>
public sealed class RawRequestTests
{
    private const string Smuggled = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n";

    [Theory]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity, chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n")]
    [InlineData("POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +2\r\n\r\nok")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -2\r\n\r\nok")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x2\r\n\r\nok")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2, 2\r\n\r\nok")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\nok")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\nok")]
    [InlineData("GET / HTTP/1.1\nHost: a\n\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX-A : b\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX-A: b\r\n c\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX-A: b\0c\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX-A: b\rc\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX-A: b\u0001c\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX-A: b\u000bTransfer-Encoding: chunked\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX-A: b\u007f\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer\u0001-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\u000bTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding\u007f: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    [InlineData("GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("GET /%00 HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("GET /a\\b HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("GET /a/..;/b HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("GET /a/%2e%2E%3Bx/b HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("GET / HTTP/1.2\r\nHost: a\r\n\r\n")]
    [InlineData("G@T / HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("get / HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("pOST /orders HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nok")]
    [InlineData("CONNECT / HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nX-Content-Length: 3\r\n\r\n0\r\n\r\n")]
    public async Task A_request_that_can_be_read_in_two_ways_never_reaches_the_API(string request)
    {
        await using var upstream = new RawUpstream();
        await using var gateway = await GatewayHost.StartAsync(upstream.Port);

        var answer = await RawClient.SendAsync(gateway.Port, request + Smuggled);

        Assert.Matches("^HTTP/1.1 (400|505) ", answer);
        Assert.Equal(1, Regex.Count(answer, "HTTP/1.1 [0-9]"));
        Assert.Empty(upstream.Received);
    }

    [Theory]
    [InlineData("Content-Length: 4294967308\r\n")]
    [InlineData("Content-Length: 5000\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n")]
    [InlineData("Content-Length: 5000\r\nExpect: 100-continue\r\n")]
    public async Task What_is_left_of_a_body_is_no_request_when_its_caller_closes(string length)
    {
        await using var upstream = new RawUpstream();
        await using var gateway = await GatewayHost.StartAsync(upstream.Port);

        // Whether the server has been told of the close by the time that the call ends is a matter of microseconds.
        await Parallel.ForEachAsync(
            Enumerable.Range(0, 1_000), new ParallelOptions { MaxDegreeOfParallelism = 32, CancellationToken = TestContext.Current.CancellationToken },
            async (_, _) => await RawClient.SendAsync(gateway.Port, $"POST /a HTTP/1.1\r\nHost: a\r\n{length}\r\nabc{Smuggled}", ends: true));

        Assert.All(upstream.Received, static received => Assert.StartsWith("POST /a ", received, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Content-Length: 3\r\n\r\nabc", false)]
    [InlineData("Content-Length: 5000\r\n\r\nabc", true)]
    [InlineData("Content-Length: 5000\r\nExpect: 100-continue\r\n\r\n", true)]
    public async Task A_refusal_says_that_its_connection_ends_where_a_body_is_still_to_come_and_asks_for_none(string body, bool ends)
    {
        await using var upstream = new RawUpstream();
        await using var gateway = await GatewayHost.StartAsync(upstream.Port);

        // Refused for going round in a circle; the second one for its path, with a close.
        var answer = await RawClient.SendAsync(
            gateway.Port, $"POST /a HTTP/1.1\r\nHost: a\r\nPostern-Hops: 6\r\n{body}{(ends ? "" : "GET /%00 HTTP/1.1\r\nHost: a\r\n\r\n")}");

        Assert.StartsWith("HTTP/1.1 508 ", answer, StringComparison.Ordinal);
        Assert.Equal(ends ? 1 : 2, Regex.Count(answer, "HTTP/1.1 [0-9]"));
        Assert.Equal(1, Regex.Count(answer, "\r\nConnection: close\r\n"));
        Assert.Empty(upstream.Received);
    }

    [Theory]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2;x\nGET / HTTP/1.1\r\nok\r\n0\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2;x\rok\r\n0\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\nok\r\n0\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0x2\r\nok\r\n0\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n-2\r\nok\r\n0\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nokGET\r\n0\r\n\r\n")]
    public async Task A_broken_chunked_body_is_refused_and_its_end_never_made_up(string request)
    {
        await using var upstream = new RawUpstream();
        await using var gateway = await GatewayHost.StartAsync(upstream.Port);

        var answer = await RawClient.SendAsync(gateway.Port, request + Smuggled);

        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.All(upstream.Received, static received =>
        {
            Assert.DoesNotContain("smuggled", received, StringComparison.Ordinal);
            Assert.DoesNotContain("\r\n0\r\n\r\n", received, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Content_Length_in_a_trailer_does_not_change_the_message()
    {
        await using var upstream = new RawUpstream();
        await using var gateway = await GatewayHost.StartAsync(upstream.Port);

        await RawClient.SendAsync(
            gateway.Port, "PUT /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nContent-Length: 9\r\nX-User-Id: root\r\n\r\n");

        Assert.EndsWith("\r\n\r\n2\r\nok\r\n0\r\n\r\n", upstream.Request, StringComparison.Ordinal);
        Assert.DoesNotContain("root", upstream.Request, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/a/../b", "/b")]
    [InlineData("/a/%2e%2E/b", "/b")]
    [InlineData("/../../b", "/b")]
    [InlineData("/a/./b", "/a/b")]
    [InlineData("/a%2Fb%2fc", "/a%2Fb%2fc")]
    [InlineData("/a%252Fb", "/a%252Fb")]
    [InlineData("//a//b/", "//a//b/")]
    [InlineData("/a%5Cb", "/a%5Cb")]
    [InlineData("/%41?x=%41&y=%2e%2e", "/%41?x=%41&y=%2e%2e")]
    [InlineData("/a?u=http://h/../x", "/a?u=http://h/../x")]
    [InlineData("/%c0%ae%c0%ae/x", "/%c0%ae%c0%ae/x")]
    public async Task The_API_sees_the_path_that_was_decided_on(string sent, string seen)
    {
        await using var upstream = new RawUpstream();
        await using var gateway = await GatewayHost.StartAsync(upstream.Port);

        await RawClient.SendAsync(gateway.Port, $"GET {sent} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

        Assert.StartsWith($"GET {seen} HTTP/1.1\r\n", upstream.Request, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_requests_on_one_connection_stay_two()
    {
        await using var upstream = new RawUpstream();
        await using var gateway = await GatewayHost.StartAsync(upstream.Port);

        await RawClient.SendAsync(
            gateway.Port,
            "PUT /a HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nok" + "GET /b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

        Assert.Equal(2, upstream.Received.Count);
        Assert.StartsWith("PUT /a ", upstream.Received[0], StringComparison.Ordinal);
        Assert.StartsWith("GET /b ", upstream.Received[1], StringComparison.Ordinal);
    }
}
