using Postern.Egress;
using Postern.Egress.Tunnels;

namespace Postern.Tests.Egress.Tunnels;

public sealed class ProxyStatusTests
{
    /// <summary>All that can come of a dial.</summary>
    public static TheoryData<string, int> Failures => new()
    {
        { nameof(EgressFailure.DnsNotFound), 502 }, { nameof(EgressFailure.DnsUnavailable), 502 }, { nameof(EgressFailure.DnsTimeout), 504 },
        { nameof(EgressFailure.Refused), 502 }, { nameof(EgressFailure.ConnectRefused), 502 }, { nameof(EgressFailure.ConnectUnreachable), 502 },
        { nameof(EgressFailure.ConnectTimeout), 504 }, { nameof(EgressFailure.Connect), 503 }, { nameof(EgressFailure.Reset), 502 },
        { nameof(EgressFailure.Shortage), 503 }, { nameof(EgressFailure.Proxy), 500 }, { nameof(EgressFailure.Gateway), 500 },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public void What_the_gateway_found_out_the_node_hears(string failure, int status)
    {
        var told = new ProxyStatus(new EgressFault(Enum.Parse<EgressFailure>(failure), "It said: \"no\\way\"; error=none."), "192.0.2.1:443");

        Assert.Equal(status, told.Status);
        Assert.Equal(told, ProxyStatus.Read(told.Write()));
    }

    [Fact]
    public void A_tunnel_says_where_it_leads()
    {
        var told = new ProxyStatus(null, "[2001:db8::1]:443");

        Assert.Equal("postern; next-hop=\"[2001:db8::1]:443\"", told.Write());
        Assert.Equal((told, 200, "opened"), (ProxyStatus.Read(told.Write()), told.Status, told.Kind));
    }

    [Fact]
    public void A_refusal_is_written_as_the_standard_has_it()
    {
        var told = new ProxyStatus(new EgressFault(EgressFailure.DnsNotFound, "No address é."), null);

        Assert.Equal("postern; error=dns_error; rcode=\"NXDOMAIN\"; details=\"No address ?.\"", told.Write());
        Assert.Equal("dns_error", told.Kind);
    }

    [Fact]
    public void A_request_that_is_none_is_no_fault_of_the_receiver() =>
        Assert.Equal(EgressFailure.Gateway, ProxyStatus.Read(ProxyStatus.NoRequest)!.Fault!.Value.Failure);

    [Theory]
    [InlineData("")]
    [InlineData("postern")]
    [InlineData("squid; error=connection_refused")]
    [InlineData("postern; error=something_new")]
    [InlineData("postern; error=dns_error")]
    [InlineData("postern; error=dns_error; rcode=\"REFUSED\"")]
    [InlineData("postern; error=connection_refused, other; error=connection_refused")]
    [InlineData("postern; error=connection_refused; details=\"open")]
    [InlineData("postern; error=connection_refused; details=\"a\"b\"")]
    [InlineData("postern; details=\"only; error=connection_refused\"")]
    [InlineData("postern; error=connection_refused\n")]
    public void What_no_listener_writes_says_nothing(string value) => Assert.Null(ProxyStatus.Read(value));

    [Theory]
    [InlineData("HTTP/1.1 200 Connected\r\nProxy-Status: postern; next-hop=\"192.0.2.1:443\"", true)]
    [InlineData("HTTP/1.1 502 Refused\r\nProxy-Status: postern; error=connection_refused", true)]
    [InlineData("HTTP/1.1 200 Connected\r\nVia: 1.1 squid", false)]
    [InlineData("HTTP/1.1 200 Connected\r\nProxy-Status: postern; error=connection_refused", false)]
    [InlineData("HTTP/1.1 502 Refused\r\nProxy-Status: postern; next-hop=\"192.0.2.1:443\"", false)]
    [InlineData("HTTP/1.1 200 Connected\r\nProxy-Status: postern; next-hop=\"example.com\"", false)]
    [InlineData("SSH-2.0-OpenSSH\r\nProxy-Status: postern; next-hop=\"192.0.2.1:443\"", false)]
    [InlineData("", false)]
    public void An_answer_counts_where_its_status_and_its_field_agree(string head, bool counts) =>
        Assert.Equal(counts, GatewayTunnels.Read(head + "\r\n\r") is not null);
}
