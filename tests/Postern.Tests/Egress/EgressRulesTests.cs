using System.Net;
using Postern.Configuration;
using Postern.Egress;

namespace Postern.Tests.Egress;

public sealed class EgressRulesTests
{
    [Theory]
    [InlineData("8.8.8.8", 443, true)]
    [InlineData("8.8.8.8", 80, true)]
    [InlineData("8.8.8.8", 8443, true)]
    [InlineData("2606:4700::1", 443, true)]
    [InlineData("8.8.8.8", 0, false)]
    [InlineData("8.8.8.8", 22, false)]
    [InlineData("8.8.8.8", 25, false)]
    [InlineData("8.8.8.8", 1023, false)]
    [InlineData("8.8.8.8", 5672, false)]
    [InlineData("8.8.8.8", 6379, false)]
    [InlineData("8.8.8.8", 65536, false)]
    [InlineData("127.0.0.1", 443, false)]
    [InlineData("10.1.2.3", 443, false)]
    [InlineData("169.254.169.254", 443, false)]
    public void Without_an_allow_list_only_public_addresses_are_dialled_on_web_ports(string address, int port, bool expected) =>
        Assert.Equal(expected, Rules().MayDial(IPAddress.Parse(address), port));

    [Theory]
    [InlineData("10.1.0.0/16", "10.1.255.255", 22, true)]
    [InlineData("10.1.0.0/16", "10.2.0.0", 443, false)]
    [InlineData("10.1.0.0/16:8443", "10.1.2.3", 8443, true)]
    [InlineData("10.1.0.0/16:8443", "10.1.2.3", 443, false)]
    [InlineData("10.1.2.3:8443", "10.1.2.3", 8443, true)]
    [InlineData("127.0.0.0/8", "::ffff:127.0.0.1", 9000, true)]
    [InlineData("127.0.0.0/8", "::127.0.0.1", 9000, false)]
    [InlineData("127.0.0.0/8", "::1", 9000, false)]
    [InlineData("10.0.0.0/8", "64:ff9b::10.0.0.1", 443, false)]
    [InlineData("::1", "::1", 9000, true)]
    [InlineData("[::1]:9000", "::1", 9000, true)]
    [InlineData("[::1]:9000", "::1", 9001, false)]
    [InlineData("fd00::/8:8443", "fd12::1", 8443, true)]
    [InlineData("fd00::/8:8443", "fd12::1", 443, false)]
    [InlineData("169.254.0.0/16", "169.254.169.254", 80, false)]
    [InlineData("0.0.0.0/0", "169.254.169.254", 80, false)]
    [InlineData("169.254.169.254", "169.254.169.254", 80, true)]
    [InlineData("169.254.169.254/32", "169.254.169.254", 80, true)]
    [InlineData("fd00::/8", "fd00:ec2::254", 80, false)]
    [InlineData("fe80::/10", "fe80::1%1", 443, false)]
    public void An_entry_allows_its_block_and_nothing_else(string entry, string address, int port, bool expected) =>
        Assert.Equal(expected, Rules(entry).MayDial(IPAddress.Parse(address), port));

    [Theory]
    [InlineData(PlainHttp.Never, "127.0.0.1", false)]
    [InlineData(PlainHttp.Never, "8.8.8.8", false)]
    [InlineData(PlainHttp.Listed, "127.0.0.1", true)]
    [InlineData(PlainHttp.Listed, "8.8.8.8", false)]
    [InlineData(PlainHttp.Anywhere, "127.0.0.1", true)]
    [InlineData(PlainHttp.Anywhere, "8.8.8.8", true)]
    [InlineData(PlainHttp.Anywhere, "10.0.0.1", false)]
    [InlineData(PlainHttp.Anywhere, "169.254.169.254", false)]
    public void Where_tls_can_be_left_out_is_the_operators_word(PlainHttp plainHttp, string address, bool expected)
    {
        var rules = EgressRules.From(new EgressConfiguration { Allow = ["127.0.0.0/8"], PlainHttp = plainHttp });

        Assert.Equal(expected, rules.MayDial(IPAddress.Parse(address), 80, tls: false));
    }

    [Theory]
    [InlineData(443, true)]
    [InlineData(80, false)]
    [InlineData(8500, true)]
    [InlineData(8599, true)]
    [InlineData(8555, false)]
    [InlineData(8600, false)]
    public void The_ports_are_those_that_are_listed_without_those_that_are_denied(int port, bool expected)
    {
        var rules = EgressRules.From(new EgressConfiguration { Ports = new PortsConfiguration { Allow = ["443", "8500-8599"], Deny = ["8550-8559"] } });

        Assert.Equal(expected, rules.MayDial(IPAddress.Parse("8.8.8.8"), port));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("65536")]
    [InlineData("-1")]
    [InlineData("1-")]
    [InlineData("9-8")]
    [InlineData("1-2-3")]
    [InlineData(" 80")]
    [InlineData("http")]
    [InlineData("")]
    public void What_is_no_port_is_none(string text) => Assert.Null(PortRange.Parse(text));

    [Fact]
    public void Without_tls_only_listed_addresses_are_dialled()
    {
        var rules = Rules("127.0.0.0/8");

        Assert.True(rules.MayDialPlain(IPAddress.Loopback, 9000));
        Assert.False(rules.MayDialPlain(IPAddress.Parse("8.8.8.8"), 80));
    }

    [Theory]
    [InlineData("http://127.0.0.1:8080", "127.0.0.1", false)]
    [InlineData("http://127.0.0.1:8080", "::ffff:127.0.0.1", false)]
    [InlineData("http://127.0.0.1:8080", "0.0.0.0", false)]
    [InlineData("http://127.0.0.1:8080", "127.0.0.2", true)]
    [InlineData("http://*:8080", "127.0.0.2", false)]
    [InlineData("http://+:8080", "127.0.0.1", false)]
    [InlineData("http://[::]:8080", "127.0.0.1", false)]
    [InlineData("http://localhost:8080", "127.0.0.1", false)]
    [InlineData("http://127.0.0.1:8088", "127.0.0.1", true)]
    public void Our_own_listeners_are_never_dialled_even_when_allowed(string listen, string address, bool expected)
    {
        var rules = EgressRules.From(new PosternConfiguration
        {
            Gateway = new GatewayConfiguration { Listen = listen },
            Egress = new EgressConfiguration { Allow = ["0.0.0.0/0", "::/0"] },
        });

        Assert.Equal(expected, rules.MayDial(IPAddress.Parse(address), 8080));
    }

    [Theory]
    [InlineData("", "is not an address block")]
    [InlineData("localhost", "is not an address block")]
    [InlineData("10.1/16", "is not an address block")]
    [InlineData("0x7f.0.0.1", "is not an address block")]
    [InlineData("010.0.0.1", "is not an address block")]
    [InlineData("fe80::1%1", "is not an address block")]
    [InlineData("[::1", "is not an address block")]
    [InlineData("::ffff:10.0.0.0/104", "is an IPv4-mapped block; write it as IPv4")]
    [InlineData("10.0.0.0/33", "a number from 0 to 32")]
    [InlineData("10.0.0.0/-1", "a number from 0 to 32")]
    [InlineData("10.0.0.0/", "a number from 0 to 32")]
    [InlineData("fd00::/129", "a number from 0 to 128")]
    [InlineData("10.0.0.0/8:0", "a number from 1 to 65535")]
    [InlineData("10.0.0.0/8:65536", "a number from 1 to 65535")]
    [InlineData("10.0.0.0/8:", "a number from 1 to 65535")]
    [InlineData("10.1.2.3/8", "write 10.0.0.0/8")]
    public void A_bad_entry_says_what_to_write_instead(string entry, string expected)
    {
        Assert.False(AllowedBlock.TryParse(entry, out var block, out var error));
        Assert.Null(block);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    private static EgressRules Rules(params string[] allow) => EgressRules.From(new EgressConfiguration { Allow = allow });
}
