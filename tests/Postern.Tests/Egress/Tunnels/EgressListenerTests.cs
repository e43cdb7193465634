using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Postern.Egress.Tunnels;
using Postern.Tests.Callbacks;
using static Postern.Tests.Egress.Tunnels.TunnelHouse;

namespace Postern.Tests.Egress.Tunnels;

/// <summary>What a gateway lets through its egress listener, and whom.</summary>
public sealed class EgressListenerTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_client_without_a_certificate_of_the_nodes_authority_gets_nothing()
    {
        await using var house = await StartAsync();
        await using var receiver = RawReceiver.Answering(204);
        using var strangers = new TestAuthority();
        using var stranger = strangers.IssueClient(Worker);
        using var server = house.Gateway.Authority.IssueClient(Worker, purpose: "1.3.6.1.5.5.7.3.1");
        using var late = house.Gateway.Authority.IssueClient(Worker, until: TimeProvider.System.GetUtcNow().AddDays(-1));
        SslStreamCertificateContext?[] shown =
        [
            null, SslStreamCertificateContext.Create(stranger, [strangers.IssuerCertificate], offline: true),
            .. new[] { server, late }.Select(certificate => SslStreamCertificateContext.Create(certificate, [house.Gateway.Authority.IssuerCertificate], offline: true)),
        ];

        foreach (var certificate in shown)
        {
            Assert.Equal("", await TryAsync(house, certificate, receiver.Port));
        }

        Assert.Equal(0, receiver.Connections);
    }

    [Fact]
    public async Task Where_nodes_are_named_no_other_certificate_of_their_authority_is_taken()
    {
        await using var house = await StartAsync(listener: $", nodes: DNS:{Worker}");
        await using var receiver = RawReceiver.Answering(204);
        using var other = house.Gateway.Authority.IssueClient("other.internal");

        Assert.Equal("", await TryAsync(house, SslStreamCertificateContext.Create(other, [house.Gateway.Authority.IssuerCertificate], offline: true), receiver.Port));
        Assert.Equal(0, receiver.Connections);
        Assert.Equal(204, (await FetchAsync(house.NewClient(house.Address), receiver.Url)).Status);
    }

    [Theory]
    [InlineData("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", "HTTP/1.1 405 ")]
    [InlineData("GET http://127.0.0.1:{0}/ HTTP/1.1\r\nHost: 127.0.0.1:{0}\r\n\r\n", "HTTP/1.1 405 ")]
    [InlineData("POST /orders/subscribe HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{{}}", "HTTP/1.1 405 ")]
    [InlineData("CONNECT 127.0.0.1:{0} HTTP/1.0\r\nHost: 127.0.0.1:{0}\r\n\r\n", "HTTP/1.1 505 ")]
    [InlineData("CONNECT 127.0.0.1:{0} HTTP/1.1\r\n\r\n", "HTTP/1.1 400 ")]
    [InlineData("CONNECT 127.0.0.1:{0} HTTP/1.1\nHost: 127.0.0.1:{0}\n\r\n\r\n", "HTTP/1.1 400 ")]
    [InlineData("\u0000\u0001\u0002\r\n\r\n", "HTTP/1.1 400 ")]
    public async Task Nothing_but_a_plain_CONNECT_is_done_for_a_node(string request, string answer)
    {
        await using var house = await StartAsync();
        await using var receiver = RawReceiver.Answering(204);

        var head = await house.AskAsync(string.Format(null, request, receiver.Port));

        Assert.StartsWith(answer, head, StringComparison.Ordinal);
        Assert.Contains("\r\nProxy-Status: postern; error=http_request_error;", head, StringComparison.Ordinal);
        Assert.Equal(0, receiver.Connections);
    }

    [Fact]
    public async Task A_head_without_an_end_is_read_up_to_its_bound()
    {
        await using var house = await StartAsync();

        var head = await house.AskAsync("CONNECT 127.0.0.1:443 HTTP/1.1\r\nX: " + new string('x', ConnectRequest.MaxHead));

        Assert.StartsWith("HTTP/1.1 431 ", head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_is_let_in_and_does_not_ask_is_not_waited_for()
    {
        await using var house = await StartAsync(listener: ", maxTunnels: 1");
        await using var receiver = RawReceiver.Answering(204);
        await using var silent = await house.ConnectAsync();
        await silent.WriteAsync("CONNECT 127.0.0.1:"u8.ToArray(), Cancellation);

        Assert.Equal("", await ReadHeadAsync(silent).WaitAsync(TunnelPort.HeadTimeout * 3, Cancellation));

        // Its place is free again.
        Assert.StartsWith("HTTP/1.1 200 ", await house.AskAsync(Connect(receiver.Port)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_that_comes_byte_by_byte_is_a_request()
    {
        await using var house = await StartAsync();
        await using var receiver = RawReceiver.Answering(204);
        await using var tls = await house.ConnectAsync();

        foreach (var letter in Connect(receiver.Port))
        {
            await tls.WriteAsync(new[] { (byte)letter }, Cancellation);
        }

        Assert.Equal($"HTTP/1.1 200 Connected\r\nProxy-Status: postern; next-hop=\"127.0.0.1:{receiver.Port}\"\r\n\r\n", await ReadHeadAsync(tls));
    }

    [Fact]
    public async Task Tunnels_beyond_their_bound_are_refused_until_one_has_ended()
    {
        await using var house = await StartAsync(listener: ", maxTunnels: 1");
        await using var receiver = RawReceiver.Silent();
        await using (var first = await house.ConnectAsync())
        {
            await first.WriteAsync(Encoding.ASCII.GetBytes(Connect(receiver.Port)), Cancellation);
            Assert.StartsWith("HTTP/1.1 200 ", await ReadHeadAsync(first), StringComparison.Ordinal);

            var refused = await house.AskAsync(Connect(receiver.Port));
            Assert.StartsWith("HTTP/1.1 503 ", refused, StringComparison.Ordinal);
            Assert.Contains("error=connection_limit_reached", refused, StringComparison.Ordinal);
        }

        await Until.TrueAsync(async () => (await house.AskAsync(Connect(receiver.Port))).StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_socket_that_speaks_no_TLS_gets_nothing_and_is_not_waited_for()
    {
        await using var house = await StartAsync();
        await using var receiver = RawReceiver.Answering(204);
        foreach (var said in (string[])["", Connect(receiver.Port)])
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, house.Port, Cancellation);
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(said), Cancellation);
            using var heard = new MemoryStream();

            try
            {
                await client.GetStream().CopyToAsync(heard, Cancellation).WaitAsync(TunnelPort.HeadTimeout * 3, Cancellation);
            }
            catch (IOException)
            {
                // Reset instead of closed.
            }

            Assert.DoesNotContain("HTTP", Encoding.Latin1.GetString(heard.ToArray()), StringComparison.Ordinal);
        }

        Assert.Equal(0, receiver.Connections);
    }

    [Fact]
    public async Task A_node_that_does_not_read_stops_the_receiver_and_not_the_memory()
    {
        await using var house = await StartAsync();
        long sent = 0;
        var part = new byte[64 * 1024];
        await using var receiver = new RawReceiver(async (stream, _, cancellation) =>
        {
            while (true)
            {
                await stream.WriteAsync(part, cancellation);
                Interlocked.Add(ref sent, part.Length);
            }
        });
        await using var tunnel = await house.ConnectAsync();
        await tunnel.WriteAsync(Encoding.ASCII.GetBytes(Connect(receiver.Port) + "GET / HTTP/1.1\r\nHost: a\r\n\r\n"), Cancellation);
        Assert.StartsWith("HTTP/1.1 200 ", await ReadHeadAsync(tunnel), StringComparison.Ordinal);

        // What the buffers of two connections take, and no more.
        var (last, since) = (-1L, TimeProvider.System.GetTimestamp());
        await Until.TrueAsync(() =>
        {
            if (Interlocked.Read(ref sent) != last)
            {
                (last, since) = (Interlocked.Read(ref sent), TimeProvider.System.GetTimestamp());
            }

            return last > 0 && TimeProvider.System.GetElapsedTime(since) > TimeSpan.FromSeconds(2);
        });
        Assert.InRange(last, 1, 64 * 1024 * 1024);

        // Once it reads, it goes on.
        var heard = new byte[last + (8 * 1024 * 1024)];
        await tunnel.ReadExactlyAsync(heard, Cancellation);
        Assert.True(Interlocked.Read(ref sent) > last);
    }

    [Fact]
    public async Task A_renewed_certificate_is_shown_to_the_next_connection()
    {
        await using var house = await StartAsync();
        var renewed = house.Gateway.Authority.Issue();
        house.Gateway.Write("cert.pem", renewed.Pem);
        house.Gateway.Write("key.pem", renewed.Key);
        house.Reconfigure("allow: 127.0.0.0/8");

        await using var tls = await house.ConnectAsync();

        Assert.Equal(renewed.Thumbprint, tls.RemoteCertificate!.GetCertHashString());
    }

    [Fact]
    public async Task A_gateway_that_stops_does_not_wait_for_a_tunnel_in_which_nothing_is_under_way()
    {
        var house = await StartAsync();
        await using var receiver = RawReceiver.Answering(204);
        await using var tunnel = await house.ConnectAsync();
        await tunnel.WriteAsync(Encoding.ASCII.GetBytes(Connect(receiver.Port)), Cancellation);
        Assert.StartsWith("HTTP/1.1 200 ", await ReadHeadAsync(tunnel), StringComparison.Ordinal);
        await tunnel.WriteAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray(), Cancellation);
        Assert.StartsWith("HTTP/1.1 204 ", await ReadHeadAsync(tunnel), StringComparison.Ordinal);

        // Less than what it gives to calls that are under way.
        await house.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(12), Cancellation);
        Assert.Equal("", await ReadHeadAsync(tunnel));
    }

    /// <summary>What a client gets that asks for a tunnel, whether the handshake, the request or the answer fails.</summary>
    private static async Task<string> TryAsync(TunnelHouse house, SslStreamCertificateContext? shown, int port)
    {
        try
        {
            await using var tls = await house.ConnectAsync(shown);
            await tls.WriteAsync(Encoding.ASCII.GetBytes(Connect(port)), Cancellation);
            return await ReadHeadAsync(tls);
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            return "";
        }
    }
}
