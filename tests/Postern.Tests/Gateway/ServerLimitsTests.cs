using Postern.Gateway;

namespace Postern.Tests.Gateway;

public sealed class ServerLimitsTests
{
    [Theory]
    [InlineData("Microsoft.AspNetCore.Server.Kestrel.AllowKeepAliveAfterCLTE")]
    [InlineData("Microsoft.AspNetCore.Server.Kestrel.EnableInsecureChunkedRequestParsing")]
    public void A_switch_that_lets_requests_be_smuggled_is_found(string name)
    {
        Assert.Equal(name, GatewayKestrel.FindUnsafeSwitch(name.Equals));
        Assert.Null(GatewayKestrel.FindUnsafeSwitch(static _ => false));
    }

    [Theory]
    [InlineData(101, 10)]
    [InlineData(50, 1000)]
    public async Task Too_many_or_too_large_header_fields_are_a_431(int count, int size)
    {
        await using var upstream = new RawUpstream();
        await using var gateway = await GatewayHost.StartAsync(upstream.Port);
        var fields = string.Concat(Enumerable.Range(0, count).Select(index => $"X-{index}: {new string('x', size)}\r\n"));

        var answer = await RawClient.SendAsync(gateway.Port, $"GET / HTTP/1.1\r\nHost: a\r\n{fields}\r\n");

        Assert.StartsWith("HTTP/1.1 431 ", answer, StringComparison.Ordinal);
        Assert.Empty(upstream.Received);
    }

    [Fact]
    public async Task A_body_that_is_too_large_for_our_own_calls_is_a_413_problem()
    {
        var read = GatewayHost.Operation("POST", "/events", static (_, _) => "") with
        {
            Handle = static context => context.Request.Body.CopyToAsync(Stream.Null),
        };
        await using var gateway = await GatewayHost.StartAsync(1, read);

        var answer = await RawClient.SendAsync(gateway.Port, "POST /events HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 99999999999\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 413 ", answer, StringComparison.Ordinal);
        Assert.Contains("application/problem+json", answer, StringComparison.Ordinal);
    }
}
