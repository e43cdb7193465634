using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Postern.Configuration;
using Postern.Egress;
using Postern.Monitoring;
using Postern.Tests.Callbacks;

namespace Postern.Tests.Egress;

public sealed class EgressClientTests : IDisposable
{
    private readonly ServiceProvider services = new ServiceCollection().AddMetrics().AddSingleton<PosternMeter>().BuildServiceProvider();
    private readonly LiveConfiguration live = new(new PosternConfiguration());
    private readonly List<string> resolved = [];
    private Func<string, IPAddress[]> answer = _ => throw new SocketException((int)SocketError.HostNotFound);

    public void Dispose() => services.Dispose();

    [Theory]
    [InlineData("http://127.0.0.1:{0}/")]
    [InlineData("http://0x7f000001:{0}/")]
    [InlineData("http://0177.0.0.1:{0}/")]
    [InlineData("http://127.1:{0}/")]
    [InlineData("http://2130706433:{0}/")]
    [InlineData("http://0:{0}/")]
    [InlineData("http://127.0.0.1.:{0}/")]
    [InlineData("http://①②⑦.⓪.⓪.①:{0}/")]
    [InlineData("http://127。0。0。1:{0}/")]
    [InlineData("http://１２７.０.０.１:{0}/")]
    [InlineData("http://[::ffff:7f00:1]:{0}/")]
    [InlineData("http://[::127.0.0.1]:{0}/")]
    [InlineData("http://[::ffff:0:127.0.0.1]:{0}/")]
    [InlineData("http://[64:ff9b::127.0.0.1]:{0}/")]
    [InlineData("http://localhost:{0}/")]
    [InlineData("https://127.0.0.1:{0}/")]
    public async Task However_a_private_address_is_spelt_nothing_is_dialled(string url)
    {
        await using var receiver = RawReceiver.Answering(204);
        using var client = Client(host => Dns.GetHostAddresses(host));

        var fault = await FaultAsync(client, string.Format(null, url, receiver.Port));

        Assert.True(fault.Failure is EgressFailure.Refused or EgressFailure.DnsNotFound or EgressFailure.DnsUnavailable, fault.Text);
        Assert.Equal(0, receiver.Connections);
    }

    [Fact]
    public async Task Every_refusal_reads_the_same()
    {
        using var client = Client(host => [IPAddress.Parse(host == "a.test" ? "10.0.0.1" : "169.254.169.254")]);

        var texts = new[]
        {
            (await FaultAsync(client, "https://a.test/")).Text, (await FaultAsync(client, "https://b.test/")).Text,
            (await FaultAsync(client, "https://127.0.0.1/")).Text, (await FaultAsync(client, "http://8.8.8.8/")).Text,
        };

        Assert.Single(texts.Distinct());
    }

    [Fact]
    public async Task A_name_is_resolved_once_per_connection_and_the_judged_address_is_dialled()
    {
        Allow("127.0.0.0/8");
        await using var receiver = RawReceiver.Answering(204);
        using var client = Client(_ => resolved.Count == 1 ? [IPAddress.Loopback] : [IPAddress.Parse("169.254.169.254")]);

        var address = await SendAsync(client, $"http://rebinding.test:{receiver.Port}/");

        Assert.Equal($"127.0.0.1:{receiver.Port}", address);
        Assert.Single(resolved);
    }

    [Fact]
    public async Task Of_a_mixed_answer_only_allowed_addresses_are_dialled()
    {
        Allow("127.0.0.2");
        await using var receiver = RawReceiver.Answering(204);
        using var client = Client(_ => [IPAddress.IPv6Loopback, IPAddress.Loopback, IPAddress.Parse("10.0.0.1")]);

        var fault = await FaultAsync(client, $"http://mixed.test:{receiver.Port}/");

        Assert.Equal(EgressFailure.Refused, fault.Failure);
        Assert.Equal(0, receiver.Connections);
    }

    [Fact]
    public async Task An_address_that_does_not_answer_is_followed_by_the_next()
    {
        Allow("127.0.0.0/8");
        await using var receiver = RawReceiver.Answering(204);
        using var client = Client(_ => [IPAddress.Parse("127.0.0.2"), IPAddress.Loopback]);

        Assert.Equal($"127.0.0.1:{receiver.Port}", await SendAsync(client, $"http://two.test:{receiver.Port}/"));
    }

    [Fact]
    public async Task A_pooled_connection_tells_its_address_to_each_request()
    {
        Allow("127.0.0.0/8");
        await using var receiver = RawReceiver.Answering(204);
        using var client = Client(_ => [IPAddress.Loopback]);

        for (var request = 0; request < 3; request++)
        {
            Assert.Equal($"127.0.0.1:{receiver.Port}", await SendAsync(client, $"http://receiver.test:{receiver.Port}/"));
        }

        Assert.Equal(1, receiver.Connections);
    }

    [Fact]
    public async Task A_tightened_rule_holds_at_once_for_pooled_connections_too()
    {
        Allow("127.0.0.0/8");
        await using var receiver = RawReceiver.Answering(204);
        using var client = Client(_ => [IPAddress.Loopback]);
        await SendAsync(client, receiver.Url);

        Allow();

        Assert.Equal(EgressFailure.Refused, (await FaultAsync(client, receiver.Url)).Failure);
        Assert.Single(receiver.Requests);
    }

    [Fact]
    public async Task A_proxy_in_the_environment_is_ignored()
    {
        Allow("127.0.0.0/8");
        await using var proxy = RawReceiver.Answering(204);
        await using var receiver = RawReceiver.Answering(204);
        Environment.SetEnvironmentVariable("HTTP_PROXY", $"http://127.0.0.1:{proxy.Port}");
        try
        {
            using var client = Client(_ => [IPAddress.Loopback]);
            await SendAsync(client, receiver.Url);
        }
        finally
        {
            Environment.SetEnvironmentVariable("HTTP_PROXY", null);
        }

        Assert.Equal(0, proxy.Connections);
        Assert.Single(receiver.Requests);
    }

    [Fact]
    public async Task A_redirect_is_an_answer_and_not_followed()
    {
        Allow("127.0.0.0/8");
        await using var other = RawReceiver.Answering(204);
        await using var receiver = RawReceiver.Answering(307, $"Location: {other.Url}\r\n");
        using var client = Client(_ => [IPAddress.Loopback]);
        using var request = new EgressRequest(HttpMethod.Post, new Uri(receiver.Url));

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.TemporaryRedirect, response.StatusCode);
        Assert.Equal(0, other.Connections);
    }

    private void Allow(params string[] allow) =>
        live.Replace(live.Current with { Egress = new EgressConfiguration { Allow = allow } });

    private EgressClient Client(Func<string, IPAddress[]> resolve)
    {
        answer = resolve;
        return new EgressClient(live, ResolveAsync, services.GetRequiredService<PosternMeter>(), TimeProvider.System, NullLogger<EgressDialler>.Instance);
    }

    private Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellation)
    {
        resolved.Add(host);
        return Task.FromResult(answer(host));
    }

    private static async Task<string?> SendAsync(EgressClient client, string url)
    {
        using var request = new EgressRequest(HttpMethod.Post, new Uri(url));
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        return request.Trace.Address;
    }

    private static async Task<EgressFault> FaultAsync(EgressClient client, string url)
    {
        using var request = new EgressRequest(HttpMethod.Post, new Uri(url));
        var exception = await Assert.ThrowsAnyAsync<Exception>(() => client.SendAsync(request, TestContext.Current.CancellationToken));
        return Assert.NotNull(EgressFault.Of(exception, request.Trace.Phase));
    }
}
