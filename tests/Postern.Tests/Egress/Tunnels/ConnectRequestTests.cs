using System.Text;
using Postern.Egress.Tunnels;

namespace Postern.Tests.Egress.Tunnels;

public sealed class ConnectRequestTests
{
    private const string Good = "CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443";

    [Theory]
    [InlineData("example.com", 443, true)]
    [InlineData("xn--bcher-kva.example", 8443, false)]
    [InlineData("192.0.2.1", 1, true)]
    [InlineData("2001:db8::1", 65535, false)]
    [InlineData("a_b.example.", 80, false)]
    public void What_a_node_writes_the_listener_reads(string host, int port, bool tls)
    {
        var request = new ConnectRequest(host, port, tls);
        var written = request.Write();

        Assert.True(written.AsSpan().EndsWith("\r\n\r\n"u8));
        Assert.Equal((request, 200), ConnectRequest.Read(written.AsSpan(0, written.Length - 4)));
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a", 405)]
    [InlineData("POST http://example.com/ HTTP/1.1\r\nHost: example.com", 405)]
    [InlineData("connect example.com:443 HTTP/1.1\r\nHost: example.com:443", 405)]
    [InlineData("CONNECT example.com:443 HTTP/1.0\r\nHost: example.com:443", 505)]
    [InlineData("CONNECT example.com:443 HTTP/2.0\r\nHost: example.com:443", 505)]
    [InlineData("CONNECT example.com:443", 400)]
    [InlineData("CONNECT  example.com:443 HTTP/1.1\r\nHost: example.com:443", 400)]
    [InlineData("\r\nCONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443", 400)]
    [InlineData("", 400)]
    [InlineData("PRI * HTTP/2.0", 505)]
    public void Whatever_is_no_CONNECT_is_told_apart(string head, int status) => Assert.Equal((null, status), Read(head));

    [Theory]
    [InlineData("example.com")]
    [InlineData("example.com:")]
    [InlineData(":443")]
    [InlineData("example.com:0")]
    [InlineData("example.com:65536")]
    [InlineData("example.com:+443")]
    [InlineData("example.com:4 43")]
    [InlineData("https://example.com:443")]
    [InlineData("user@example.com:443")]
    [InlineData("example.com:80:443")]
    [InlineData("2001:db8::1:443")]
    [InlineData("[2001:db8::1:443")]
    [InlineData("[127.0.0.1]:443")]
    [InlineData("[fe80::1%1]:443")]
    [InlineData("exa%6dple.com:443")]
    [InlineData("example.com/:443")]
    public void A_target_that_is_not_plainly_host_and_port_is_refused(string target) =>
        Assert.Equal((null, 400), Read($"CONNECT {target} HTTP/1.1\r\nHost: {target}"));

    [Theory]
    [InlineData("Host: other.example:443")]
    [InlineData("Host: example.com")]
    [InlineData("X: 1")]
    [InlineData("Host: example.com:443\r\nHost: example.com:443")]
    [InlineData("Host: example.com:443\r\nContent-Length: 5")]
    [InlineData("Host: example.com:443\r\ntransfer-encoding: chunked")]
    [InlineData("Host: example.com:443\r\n folded: 1")]
    [InlineData("Host: example.com:443\r\nName : 1")]
    [InlineData("Host: example.com:443\r\n: 1")]
    [InlineData("Host: example.com:443\r\nNothing")]
    [InlineData("Host: example.com:443\nX: 1")]
    [InlineData("Host: example.com:443\rX: 1")]
    [InlineData("Host: example.com:443\r\nX: \t")]
    [InlineData("Host: example.com:443\r\nX: \0")]
    [InlineData("Host: example.com:443\r\nX: \u00e9")]
    public void Fields_that_say_two_things_or_none_are_refused(string fields) =>
        Assert.Equal((null, 400), Read($"CONNECT example.com:443 HTTP/1.1\r\n{fields}"));

    [Fact]
    public void Fields_that_nobody_asked_for_change_nothing() =>
        Assert.Equal((new ConnectRequest("example.com", 443, Tls: true), 200), Read(Good + "\r\nUser-Agent: x\r\nProxy-Authorization: Basic eDp5"));

    [Fact]
    public void Random_bytes_never_throw_and_are_never_taken()
    {
        var random = new Random(1);
        for (var round = 0; round < 20_000; round++)
        {
            var head = Encoding.ASCII.GetBytes(Good);
            for (var change = random.Next(1, 4); change > 0; change--)
            {
                head[random.Next(head.Length)] = (byte)random.Next(256);
            }

            var (request, status) = ConnectRequest.Read(head);

            Assert.Equal(request is not null, status == 200);
            if (request is not null)
            {
                // Whatever is taken names its place twice, the same each time.
                Assert.StartsWith("CONNECT " + request.Host, Encoding.ASCII.GetString(head), StringComparison.Ordinal);
                Assert.InRange(request.Port, 1, 65535);
            }
        }
    }

    private static (ConnectRequest?, int) Read(string head) => ConnectRequest.Read(Encoding.Latin1.GetBytes(head));
}
