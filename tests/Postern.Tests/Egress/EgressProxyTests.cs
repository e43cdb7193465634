using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Postern.Configuration;
using Postern.Egress;
using Postern.Egress.Tls;
using Postern.Monitoring;
using Postern.Tests.Callbacks;
using Postern.Tests.Egress.Tls;

namespace Postern.Tests.Egress;

/// <summary>The operator's own proxy: asked for the address that was judged, and for nothing else.</summary>
public sealed class EgressProxyTests : IDisposable
{
    private readonly ServiceProvider services = new ServiceCollection().AddMetrics().AddSingleton<PosternMeter>().BuildServiceProvider();

    public void Dispose() => services.Dispose();

    [Fact]
    public async Task The_proxy_is_asked_to_connect_to_the_judged_address_and_tls_goes_through_it()
    {
        using var authority = new TestAuthority();
        await using var receiver = new TlsReceiver(authority.Issue());
        await using var proxy = new TunnelProxy();
        using var client = Client($"http://user:p%40ss@127.0.0.1:{proxy.Port}", "127.0.0.1:" + receiver.Port);
        var trust = new TlsProfile(AuthoritySet.Read(authority.RootPem).Authorities, null, null);

        using var request = new EgressRequest(HttpMethod.Get, new Uri($"https://localhost:{receiver.Port}/hook")) { Tls = trust };
        var answer = await client.FetchAsync(request, 1024, TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

        Assert.Equal(204, answer.Status);
        var head = Assert.Single(proxy.Heads);
        Assert.StartsWith($"CONNECT 127.0.0.1:{receiver.Port} HTTP/1.1\r\nHost: 127.0.0.1:{receiver.Port}\r\n", head, StringComparison.Ordinal);
        Assert.Contains("Proxy-Authorization: Basic " + Convert.ToBase64String("user:p@ss"u8), head, StringComparison.Ordinal);
        Assert.Equal($"127.0.0.1:{receiver.Port}", request.Trace.Address);
    }

    [Fact]
    public async Task Plain_http_goes_through_it_as_well()
    {
        await using var receiver = RawReceiver.Answering(204);
        await using var proxy = new TunnelProxy();
        using var client = Client($"http://127.0.0.1:{proxy.Port}", "127.0.0.1:" + receiver.Port);

        using var request = new EgressRequest(HttpMethod.Post, new Uri(receiver.Url));
        Assert.Equal(204, (await client.FetchAsync(request, 1024, TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken)).Status);

        Assert.Single(proxy.Heads);
        Assert.DoesNotContain("Proxy-", Assert.Single(receiver.Requests), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_guard_refuses_never_reaches_the_proxy()
    {
        await using var proxy = new TunnelProxy();
        using var client = Client($"http://127.0.0.1:{proxy.Port}", "127.0.0.2");

        Assert.Equal(EgressFailure.Refused, await FailAsync(client, "https://169.254.169.254/"));
        Assert.Equal(EgressFailure.Refused, await FailAsync(client, $"http://127.0.0.1:{proxy.Port}/"));
        Assert.Empty(proxy.Heads);
    }

    [Theory]
    [InlineData("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")]
    [InlineData("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("SSH-2.0-OpenSSH\r\n\r\n")]
    [InlineData("HTTP/1.1 abc\r\n\r\n")]
    [InlineData("")]
    public async Task A_proxy_that_does_not_connect_is_told_apart_from_the_receiver(string answer)
    {
        await using var receiver = RawReceiver.Answering(204);
        await using var proxy = new TunnelProxy(answer);
        using var client = Client($"http://127.0.0.1:{proxy.Port}", "127.0.0.1:" + receiver.Port);

        Assert.Equal(EgressFailure.Proxy, await FailAsync(client, receiver.Url));
        Assert.Equal(0, receiver.Connections);
    }

    [Fact]
    public async Task A_proxy_that_is_not_there_is_told_as_such()
    {
        await using var receiver = RawReceiver.Answering(204);
        using var client = Client($"http://127.0.0.1:{FreePort.Next()}", "127.0.0.1:" + receiver.Port);

        Assert.Equal(EgressFailure.Proxy, await FailAsync(client, receiver.Url));
        Assert.Equal(0, receiver.Connections);
    }

    private static async Task<EgressFailure> FailAsync(EgressClient client, string url)
    {
        using var request = new EgressRequest(HttpMethod.Post, new Uri(url));
        return (await Assert.ThrowsAsync<EgressException>(
            () => client.FetchAsync(request, 1024, TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken))).Failure;
    }

    private EgressClient Client(string proxy, string allow)
    {
        var live = new LiveConfiguration(new PosternConfiguration { Egress = new EgressConfiguration { Allow = [allow], Proxy = proxy } });
        return new EgressClient(
            live, (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback]), services.GetRequiredService<PosternMeter>(), TimeProvider.System, NullLogger<EgressDialler>.Instance);
    }
}
