using System.Net;
using Microsoft.AspNetCore.Http;
using Postern.Gateway.Limits;
using Postern.Model.Limits;
using Postern.Operations;

namespace Postern.Tests.Gateway.Limits;

public sealed class ClientOriginTests
{
    private static readonly IPNetwork[] Trusted = [IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("2001:db8:ffff::/48")];

    [Theory]
    [InlineData("203.0.113.9", "198.51.100.1", "203.0.113.9")] // Nobody who is not trusted is believed.
    [InlineData("10.0.0.1", null, "10.0.0.1")]
    [InlineData("10.0.0.1", "198.51.100.1", "198.51.100.1")]
    [InlineData("10.0.0.1", "6.6.6.6, 198.51.100.1", "198.51.100.1")]
    [InlineData("10.0.0.1", "6.6.6.6, 198.51.100.1, 10.9.9.9", "198.51.100.1")]
    [InlineData("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3")]
    [InlineData("10.0.0.1", "198.51.100.1:4711", "198.51.100.1")]
    [InlineData("10.0.0.1", "[2001:db8::7]:4711", "2001:db8::7")]
    [InlineData("10.0.0.1", "2001:db8::7", "2001:db8::7")]
    [InlineData("10.0.0.1", "::ffff:198.51.100.1", "198.51.100.1")]
    [InlineData("10.0.0.1", "198.51.100.1, unknown", "10.0.0.1")]
    [InlineData("10.0.0.1", "198.51.100.1, unknown, 10.0.0.2", "10.0.0.2")]
    [InlineData("10.0.0.1", "198.51.100.1, 0127.1", "10.0.0.1")]
    [InlineData("10.0.0.1", "fe80::1%eth0", "10.0.0.1")]
    [InlineData("10.0.0.1", "", "10.0.0.1")]
    [InlineData("::ffff:10.0.0.1", "198.51.100.1", "198.51.100.1")]
    [InlineData("2001:db8:ffff::1", "198.51.100.1", "198.51.100.1")]
    public void The_client_is_the_first_from_the_right_that_is_no_trusted_proxy(string peer, string? list, string client) =>
        Assert.Equal(IPAddress.Parse(client), ClientOrigin.Of(IPAddress.Parse(peer), Headers((ForwardedHop.List, list)), Trusted).Address);

    [Theory]
    [InlineData("for=198.51.100.1", "198.51.100.1")]
    [InlineData("for=6.6.6.6, For=\"[2001:db8::7]:4711\";proto=https;by=10.0.0.1", "2001:db8::7")]
    [InlineData("proto=https;for=198.51.100.1;host=\"a,b;for=6.6.6.6\"", "198.51.100.1")]
    [InlineData("for=198.51.100.1, for=_hidden", "10.0.0.1")]
    [InlineData("for=198.51.100.1, proto=https", "10.0.0.1")]
    [InlineData("for=\"198.51.100.1", "198.51.100.1")]
    public void The_standard_field_is_read_as_well(string standard, string client) =>
        Assert.Equal(IPAddress.Parse(client), ClientOrigin.Of(IPAddress.Parse("10.0.0.1"), Headers((ForwardedHop.StandardList, standard)), Trusted).Address);

    [Fact]
    public void Fields_on_several_lines_are_one_list()
    {
        var headers = new HeaderDictionary { [ForwardedHop.List] = new(["6.6.6.6", "198.51.100.1", "10.0.0.2"]) };

        Assert.Equal(IPAddress.Parse("198.51.100.1"), ClientOrigin.Of(IPAddress.Parse("10.0.0.1"), headers, Trusted).Address);
    }

    [Fact]
    public void Two_fields_that_name_different_clients_are_refused_and_equal_ones_taken()
    {
        var peer = IPAddress.Parse("10.0.0.1");
        var equal = Headers((ForwardedHop.List, "198.51.100.1"), (ForwardedHop.StandardList, "for=198.51.100.1"));

        Assert.Equal(IPAddress.Parse("198.51.100.1"), ClientOrigin.Of(peer, equal, Trusted).Address);
        Assert.Throws<ProblemException>(() =>
            ClientOrigin.Of(peer, Headers((ForwardedHop.List, "198.51.100.1"), (ForwardedHop.StandardList, "for=6.6.6.6")), Trusted));
    }

    [Theory]
    [InlineData("203.0.113.9", "198.51.100.1", "https", "shop.test", null, null)] // Nobody who is not trusted is believed.
    [InlineData("10.0.0.1", "198.51.100.1", "https", "shop.test:8443", "https", "shop.test:8443")]
    [InlineData("10.0.0.1", "6.6.6.6, 198.51.100.1", "gopher, HTTPS", "forged.test, shop.test", "https", "shop.test")]
    [InlineData("10.0.0.1", "6.6.6.6, 198.51.100.1, 10.0.0.2", "http, https, http", "forged.test, shop.test, inner", "https", "shop.test")]
    [InlineData("10.0.0.1", "198.51.100.1, 10.0.0.2", "https", "shop.test", "https", "shop.test")] // The inner one passed on what it was told.
    [InlineData("10.0.0.1", null, "http, https", "shop.test", "https", "shop.test")]
    [InlineData("10.0.0.1", "198.51.100.1", "wss", "shop.test/evil", null, null)]
    [InlineData("10.0.0.1", "198.51.100.1", "https://", "a b", null, null)]
    [InlineData("10.0.0.1", "198.51.100.1", null, "[2001:db8::1]:443", null, "[2001:db8::1]:443")]
    public void How_the_client_called_is_what_the_proxy_says_that_it_called(string peer, string? list, string? schemes, string? hosts, string? scheme, string? host)
    {
        var origin = ClientOrigin.Of(IPAddress.Parse(peer), Headers((ForwardedHop.List, list), ("X-Forwarded-Proto", schemes), ("X-Forwarded-Host", hosts)), Trusted);

        Assert.Equal((scheme, host), (origin.Scheme, origin.Host));
    }

    [Theory]
    [InlineData("for=198.51.100.1;proto=https;host=\"shop.test:8443\"", "https", "shop.test:8443")]
    [InlineData("for=6.6.6.6;proto=http;host=forged.test, for=198.51.100.1;host=shop.test;Proto=HTTPS, for=10.0.0.2;proto=http;host=inner", "https", "shop.test")]
    [InlineData("for=198.51.100.1;proto=https, for=_hidden;host=shop.test", null, "shop.test")]
    [InlineData("for=198.51.100.1", null, null)]
    public void The_standard_field_says_how_it_called_as_well(string standard, string? scheme, string? host)
    {
        var origin = ClientOrigin.Of(IPAddress.Parse("10.0.0.1"), Headers((ForwardedHop.StandardList, standard)), Trusted);

        Assert.Equal((scheme, host), (origin.Scheme, origin.Host));
    }

    [Fact]
    public void An_IPv6_address_counts_with_its_64_bits_and_an_IPv4_address_alone()
    {
        Assert.Equal(Key("2001:db8::1"), Key("2001:db8::ffff:1"));
        Assert.NotEqual(Key("2001:db8::1"), Key("2001:db8:0:1::1"));
        Assert.Equal(Key("192.0.2.1"), Key("::ffff:192.0.2.1"));
        Assert.NotEqual(Key("192.0.2.1"), Key("192.0.2.2"));
        Assert.NotEqual(Key("::"), Key("0.0.0.0"));

        static UInt128 Key(string address) => AddressKey.Of(IPAddress.Parse(address));
    }

    private static HeaderDictionary Headers(params (string Name, string? Value)[] fields)
    {
        var headers = new HeaderDictionary();
        foreach (var (name, value) in fields)
        {
            if (value is not null)
            {
                headers[name] = value;
            }
        }

        return headers;
    }
}
