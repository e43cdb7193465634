using Postern.Configuration;
using Postern.Tests.Gateway.Identity;

namespace Postern.Tests.Gateway;

/// <summary>What answers carry beside what they are about, the gateway's own and an API's.</summary>
public sealed class AnswerHeaderTests
{
    private const string Ours = "max-age=31536000";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("", "", "gateway.test", Ours)]
    [InlineData("", "", "gateway.test:8443", Ours)]
    [InlineData("", "", "localhost.test", Ours)]
    [InlineData("", "", "localhost", null)]
    [InlineData("", "", "localhost:8443", null)]
    [InlineData(", strictTransportSecurity: { maxAge: 1h, includeSubDomains: true }", "", "gateway.test", "max-age=3600; includeSubDomains")]
    [InlineData(", strictTransportSecurity: { maxAge: 0s }", "", "gateway.test", "max-age=0")]
    [InlineData(", strictTransportSecurity: { maxAge: never }", "", "gateway.test", null)]
    [InlineData("", "Strict-Transport-Security: max-age=7", "gateway.test", "max-age=7")]
    [InlineData(", strictTransportSecurity: { maxAge: never }", "Strict-Transport-Security: max-age=7", "gateway.test", "max-age=7")]
    public async Task Over_TLS_browsers_are_told_to_come_over_TLS_alone_once(string gateway, string sent, string host, string? told)
    {
        await using var upstream = new RawUpstream($"HTTP/1.1 200 OK\r\n{(sent.Length == 0 ? "" : sent + "\r\n")}Content-Length: 0\r\n\r\n");
        await using var node = await TlsNode.StartAsync(gateway, upstreamPort: upstream.Port);

        var answer = await node.AskAsync(host, "/");

        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
        Assert.Equal(told is null ? [] : [told], TransportSecurity(answer));
    }

    [Fact]
    public async Task Both_ports_say_so_in_their_own_answers_too()
    {
        await using var node = await TlsNode.StartAsync(admin: ", strictTransportSecurity: { maxAge: 2h }");

        var (unreachable, malformed, health) = (
            await node.AskAsync("gateway.test", "/"), await node.AskAsync("gateway.test", "/.;a"), await node.AskAsync("gateway.test", "/healthz", admin: true));

        Assert.StartsWith("HTTP/1.1 502 ", unreachable, StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 400 ", malformed, StringComparison.Ordinal);
        Assert.Equal([Ours], TransportSecurity(unreachable));
        Assert.Equal([Ours], TransportSecurity(malformed));
        Assert.Equal(["max-age=7200"], TransportSecurity(health));
    }

    [Fact]
    public async Task Over_plain_HTTP_nothing_is_said_of_TLS()
    {
        await using var upstream = new RawUpstream("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        await using var gateway = await GatewayHost.StartAsync(upstream.Port);

        var answer = await RawClient.SendAsync(gateway.Port, "GET / HTTP/1.1\r\nHost: gateway.test\r\nConnection: close\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
        Assert.Empty(TransportSecurity(answer));
    }

    [Theory]
    [InlineData("X-Content-Type-Options: nosniff", "nosniff")]
    [InlineData("x-content-type-options: other", "other")]
    [InlineData("X-Other: 1", "nosniff")]
    public async Task What_an_API_does_not_say_itself_is_added_to_its_answers(string sent, string told)
    {
        await using var upstream = new RawUpstream($"HTTP/1.1 200 OK\r\n{sent}\r\nContent-Length: 0\r\n\r\n");
        await using var gateway = await GatewayHost.StartAsync(upstream.Port);

        using var answer = await gateway.Client.GetAsync("/", Cancellation);

        Assert.Equal([told], Values(answer, "X-Content-Type-Options"));
        Assert.Empty(Values(answer, "Content-Security-Policy"));
    }

    [Fact]
    public async Task An_operator_chooses_what_is_added_or_nothing()
    {
        await using var upstream = new RawUpstream("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        await using var chosen = await StartAsync(upstream, new() { ["x-frame-options"] = "DENY", ["referrer-policy"] = "same-origin" });
        await using var nothing = await StartAsync(upstream, []);

        using var told = await chosen.Client.GetAsync("/", Cancellation);
        using var untold = await nothing.Client.GetAsync("/", Cancellation);

        Assert.Equal(("DENY", "same-origin"), (Values(told, "X-Frame-Options").Single(), Values(told, "Referrer-Policy").Single()));
        Assert.Empty(Values(told, "X-Content-Type-Options"));
        Assert.Empty(Values(untold, "X-Content-Type-Options"));
    }

    [Theory]
    [InlineData("/problem", 404)]
    [InlineData("/orders/events", 200)]
    [InlineData("/orders/none", 204)]
    public async Task What_the_gateway_says_itself_is_no_page_and_kept_by_no_cache(string path, int status)
    {
        await using var gateway = await GatewayHost.StartAsync(
            GatewayHost.Before("http://127.0.0.1:1") with { Apis = new Dictionary<string, ApiConfiguration> { ["shop"] = new() { Upstream = ["http://127.0.0.1:1"], Path = "/orders" } } },
            GatewayHost.Operation("GET", "/{resource}/events", static (_, _) => "ours"),
            GatewayHost.Operation("GET", "/{resource}/none", static (_, _) => "unused") with
            {
                Handle = static context =>
                {
                    context.Response.StatusCode = 204;
                    return Task.CompletedTask;
                },
            });

        using var answer = await gateway.Client.GetAsync(path, Cancellation);

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(
            ("nosniff", "no-referrer", "default-src 'none'; frame-ancestors 'none'", "no-store"),
            (Values(answer, "X-Content-Type-Options").Single(), Values(answer, "Referrer-Policy").Single(), Values(answer, "Content-Security-Policy").Single(),
                Values(answer, "Cache-Control").Single()));
    }

    private static Task<GatewayHost> StartAsync(RawUpstream upstream, Dictionary<string, string> headers) => GatewayHost.StartAsync(new PosternConfiguration
    {
        Apis = new Dictionary<string, ApiConfiguration> { ["shop"] = new() { Upstream = [$"http://127.0.0.1:{upstream.Port}"], AnswerHeaders = headers } },
    });

    private static string[] TransportSecurity(string answer) =>
        [.. answer.Split("\r\n").Where(static line => line.StartsWith("Strict-Transport-Security:", StringComparison.OrdinalIgnoreCase)).Select(static line => line[(line.IndexOf(':') + 1)..].Trim())];

    private static string[] Values(HttpResponseMessage answer, string name) => answer.Headers.TryGetValues(name, out var values) ? [.. values] : [];
}
