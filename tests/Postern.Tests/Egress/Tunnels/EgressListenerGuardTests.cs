using System.Text;
using Postern.Egress;
using Postern.Tests.Callbacks;
using static Postern.Tests.Egress.Tunnels.TunnelHouse;

namespace Postern.Tests.Egress.Tunnels;

/// <summary>What the gateway's own rules keep from the nodes that send through it.</summary>
public sealed class EgressListenerGuardTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_guard_of_the_gateway_judges_by_its_own_rules()
    {
        await using var house = await StartAsync(egress: "allow: 127.0.0.2");
        await using var receiver = RawReceiver.Answering(204);
        var client = house.NewClient(house.Address);

        Assert.Equal(EgressFailure.Refused, await FailAsync(client, receiver.Url));
        Assert.Equal(EgressFailure.Refused, await FailAsync(client, $"https://localhost:{receiver.Port}/"));
        Assert.Equal(EgressFailure.Refused, await FailAsync(client, "http://169.254.169.254/"));
        Assert.Equal(0, receiver.Connections);
    }

    [Fact]
    public async Task The_ports_of_the_gateway_are_not_reached_through_it()
    {
        await using var house = await StartAsync();
        var client = house.NewClient(house.Address);

        Assert.Equal(EgressFailure.Refused, await FailAsync(client, $"https://{house.Gateway.Host}/"));
        Assert.Equal(EgressFailure.Refused, await FailAsync(client, house.Address + "/"));
    }

    [Fact]
    public async Task Plain_http_goes_where_the_gateway_lets_it_and_a_changed_rule_holds_in_tunnels_that_stand()
    {
        await using var house = await StartAsync();
        await using var receiver = RawReceiver.Answering(204);
        var client = house.NewClient(house.Address);

        Assert.Equal(204, (await FetchAsync(client, receiver.Url)).Status);
        Assert.Equal(204, (await FetchAsync(client, receiver.Url)).Status);
        Assert.Equal(1, receiver.Connections);
        house.Reconfigure("allow: 127.0.0.0/8, plainHttp: never");

        Assert.Equal(EgressFailure.Refused, await FailAsync(client, receiver.Url));
        Assert.Equal(2, receiver.Requests.Count);
    }

    [Fact]
    public async Task What_was_said_to_be_TLS_and_is_not_goes_nowhere()
    {
        await using var house = await StartAsync("allow: 127.0.0.0/8, plainHttp: never");
        await using var receiver = RawReceiver.Answering(204);
        await using var tunnel = await house.ConnectAsync();
        await tunnel.WriteAsync(Encoding.ASCII.GetBytes(Connect(receiver.Port).Replace("Postern-Plain", "X", StringComparison.Ordinal)), Cancellation);
        Assert.StartsWith("HTTP/1.1 200 ", await ReadHeadAsync(tunnel), StringComparison.Ordinal);

        await tunnel.WriteAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray(), Cancellation);

        Assert.Equal("", await ReadHeadAsync(tunnel));
        Assert.Empty(receiver.Requests);
    }

    [Fact]
    public async Task A_node_whose_certificate_is_not_taken_any_more_sends_nothing_in_a_tunnel_that_stands()
    {
        await using var house = await StartAsync();
        await using var receiver = RawReceiver.Answering(204);
        await using var tunnel = await house.ConnectAsync();
        await tunnel.WriteAsync(Encoding.ASCII.GetBytes(Connect(receiver.Port)), Cancellation);
        Assert.StartsWith("HTTP/1.1 200 ", await ReadHeadAsync(tunnel), StringComparison.Ordinal);
        house.Reconfigure("allow: 127.0.0.0/8", ", nodes: DNS:other.internal");

        await tunnel.WriteAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray(), Cancellation);

        Assert.Equal("", await ReadHeadAsync(tunnel));
        Assert.Empty(receiver.Requests);
    }
}
