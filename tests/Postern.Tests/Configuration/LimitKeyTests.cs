using System.Net;
using Postern.Configuration;
using Postern.Configuration.Values;
using Postern.Monitoring;

namespace Postern.Tests.Configuration;

public sealed class LimitKeyTests
{
    private const string File = """
        gateway: { trustedProxies: 10.0.0.0/24, addresses: { allow: [10.0.0.0/8, "2001:db8::/32"], deny: 10.6.0.1 } }
        limits:
          global: { rate: 5000/s, burst: 10000 }
          address: { connections: 5 }
          consumer: { rate: 6000/m, concurrency: 7 }
          calls: { subscribe: { rate: 10/h } }
          subscriptions: 3
          maxBodyBytes: 2MiB
        callbacks: { hosts: { rate: 50/s, concurrency: 9 } }
        apis:
          shop:
            upstream: http://127.0.0.1:5080
            limits: { rate: 2000/s, maxBodyBytes: 1MiB }
            resources: { /orders: { limits: { concurrency: 4 } } }
        consumers:
          acme: { credentials: [{ type: api-key, key: k }], limits: { burst: 5, subscriptions: 8 } }
        """;

    [Fact]
    public void Limits_are_read_and_what_is_not_said_is_as_the_wider_one_has_it()
    {
        var configuration = Loading.Accepted(Loading.Load(File));
        var (limits, acme) = (configuration.Limits, configuration.Consumers["acme"].Limits);

        Assert.Equal([IPNetwork.Parse("10.0.0.0/24")], configuration.Gateway.TrustedProxies);
        Assert.Equal([IPNetwork.Parse("10.6.0.1/32")], configuration.Gateway.Addresses.Deny);
        Assert.Equal((new Rate(5_000, TimeSpan.FromSeconds(1)), 10_000, 10_000), (limits.Global.Rate, limits.Global.Burst, limits.Global.Concurrency));
        Assert.Equal((5, 3, 2 * 1024 * 1024), (limits.Address.Connections, limits.Subscriptions, limits.MaxBodyBytes));
        Assert.Equal(new LimitConfiguration { Rate = new Rate(6_000, TimeSpan.FromMinutes(1)), Burst = 5, Concurrency = 7 }, acme.Over(limits.Consumer));
        Assert.Equal((50, 9), (configuration.Callbacks.RateOf("https://a:443"), configuration.Callbacks.ConcurrencyOf("https://a:443")));
        Assert.Equal(4, configuration.Apis["shop"].Resources!["/orders"].Limits.Concurrency);
    }

    [Fact]
    public void A_consumers_own_rate_has_a_burst_of_its_own() => Assert.Null(
        new ConsumerLimitConfiguration { Rate = new Rate(1, TimeSpan.FromSeconds(1)) }
            .Over(new LimitConfiguration { Rate = new Rate(9, TimeSpan.FromSeconds(1)), Burst = 99 }).Burst);

    [Fact]
    public void What_runs_is_shown_as_the_file_writes_it()
    {
        var shown = ConfigurationReport.Of(new LiveConfiguration(Loading.Accepted(Loading.Load(File)))).Running;

        Assert.Equal("6000/m", (string?)shown["limits"]!["consumer"]!["rate"]);
        Assert.Equal("10.6.0.1/32", (string?)shown["gateway"]!["addresses"]!["deny"]![0]);
        Assert.Equal(8, (int?)shown["consumers"]!["acme"]!["limits"]!["subscriptions"]);
    }

    [Theory]
    [InlineData(null, "10.1.2.3", true)]
    [InlineData("10.0.0.0/8", "10.1.2.3", true)]
    [InlineData("10.0.0.0/8", "::ffff:10.1.2.3", true)]
    [InlineData("10.0.0.0/8", "11.1.2.3", false)]
    [InlineData("10.0.0.0/8", "10.6.0.1", false)]
    [InlineData(null, "::ffff:10.6.0.1", false)]
    [InlineData("10.0.0.0/8", null, false)]
    public void Denied_addresses_stay_out_and_so_do_those_that_a_list_does_not_hold(string? allow, string? address, bool admitted) => Assert.Equal(
        admitted,
        new AddressesConfiguration { Allow = allow is null ? null : [IPNetwork.Parse(allow)], Deny = [IPNetwork.Parse("10.6.0.1/32")] }
            .Admits(address is null ? null : IPAddress.Parse(address)));
}
