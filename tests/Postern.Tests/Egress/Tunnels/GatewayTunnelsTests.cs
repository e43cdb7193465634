using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Postern.Egress;
using Postern.Egress.Tls;
using Postern.Tests.Callbacks;
using Postern.Tests.Egress.Tls;
using static Postern.Tests.Egress.Tunnels.TunnelHouse;

namespace Postern.Tests.Egress.Tunnels;

/// <summary>How a node without a way out sends through gateways.</summary>
public sealed class GatewayTunnelsTests
{
    [Fact]
    public async Task Tls_goes_from_the_node_to_the_receiver_and_each_knows_the_other()
    {
        await using var house = await StartAsync();
        using var others = new TestAuthority();
        await using var receiver = new TlsReceiver(others.Issue(), mustProve: true);
        using var certificate = others.IssueClient("postern.example");
        using var key = certificate.GetECDsaPrivateKey()!;
        var (shown, _) = ClientCertificate.Read(certificate.ExportCertificatePem() + "\n" + others.IssuerPem, key.ExportPkcs8PrivateKeyPem());
        var client = house.NewClient(house.Address);

        // The gateway trusts this authority for nothing: it sees no more than who is called.
        var profile = new TlsProfile(AuthoritySet.Read(others.RootPem).Authorities, null, shown);
        Assert.Equal(204, (await FetchAsync(client, $"https://localhost:{receiver.Port}/hook", profile)).Status);
        Assert.Equal(204, (await FetchAsync(client, $"https://localhost:{receiver.Port}/hook", profile)).Status);

        Assert.Equal([certificate.GetCertHashString(), certificate.GetCertHashString()], receiver.Shown);
        Assert.Equal(1, receiver.Connections);
        Assert.Equal(EgressFailure.CertificateUntrusted, await FailAsync(client, $"https://localhost:{receiver.Port}/hook"));
    }

    [Fact]
    public async Task Large_bodies_go_both_ways_whole_and_a_receiver_that_hangs_up_after_its_answer_has_answered()
    {
        await using var house = await StartAsync();
        var large = new string('x', 2 * 1024 * 1024);
        await using var receiver = RawReceiver.Answering($"HTTP/1.1 200 OK\r\nContent-Length: {large.Length}\r\nConnection: close\r\n\r\n{large}");

        var answer = await FetchAsync(house.NewClient(house.Address), receiver.Url, content: new StringContent(large));

        Assert.Equal(large.Length, answer.Body.Length);
        Assert.EndsWith(large, Assert.Single(receiver.Requests), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_gateway_found_out_is_the_outcome_at_the_node()
    {
        await using var house = await StartAsync();
        var client = house.NewClient(house.Address);

        Assert.Equal(EgressFailure.ConnectRefused, await FailAsync(client, $"http://127.0.0.1:{FreePort.Next()}/"));
        Assert.True(await FailAsync(client, "https://nowhere.invalid/") is EgressFailure.DnsNotFound or EgressFailure.DnsUnavailable);
    }

    [Fact]
    public async Task A_gateway_that_is_away_is_passed_over_and_not_asked_again_at_once()
    {
        await using var house = await StartAsync();
        await using var receiver = RawReceiver.Answering(204, "Connection: close\r\n");
        using var away = new HangingUp();
        var client = house.NewClient(away.Address, house.Address);

        for (var call = 0; call < 10; call++)
        {
            Assert.Equal(204, (await FetchAsync(client, receiver.Url)).Status);
        }

        Assert.Equal(10, receiver.Connections);
        Assert.InRange(away.Connections, 1, 2);
    }

    [Fact]
    public async Task Where_no_gateway_can_be_reached_nobody_was_called()
    {
        await using var house = await StartAsync();
        await using var receiver = RawReceiver.Answering(204);
        using var away = new HangingUp();
        var client = house.NewClient(away.Address, $"https://127.0.0.1:{FreePort.Next()}");

        Assert.Equal(EgressFailure.Shortage, await FailAsync(client, receiver.Url));
        Assert.Equal(0, receiver.Connections);
    }

    [Fact]
    public async Task A_gateway_that_is_full_is_passed_over_like_one_that_is_away()
    {
        await using var full = await StartAsync(listener: ", maxTunnels: 1");
        await using var silent = await full.ConnectAsync();
        await using var receiver = RawReceiver.Answering(204);

        Assert.Equal(EgressFailure.Shortage, await FailAsync(full.NewClient(full.Address), receiver.Url));
        Assert.Equal(0, receiver.Connections);
    }

    [Fact]
    public async Task A_gateway_that_another_authority_vouches_for_is_sent_nothing()
    {
        await using var house = await StartAsync();
        await using var others = await StartAsync();
        await using var receiver = RawReceiver.Answering(204);

        Assert.Equal(EgressFailure.Shortage, await FailAsync(house.NewClient(others.Address), receiver.Url));
        Assert.Equal(0, receiver.Connections);
    }

    /// <summary>Takes connections and hangs up.</summary>
    private sealed class HangingUp : IDisposable
    {
        private readonly TcpListener listener = new(IPAddress.Loopback, FreePort.Next());
        private int connections;

        public HangingUp()
        {
            listener.Start();
            _ = AcceptAsync();
        }

        public string Address => $"https://{listener.LocalEndpoint}";

        public int Connections => Volatile.Read(ref connections);

        public void Dispose() => listener.Dispose();

        private async Task AcceptAsync()
        {
            try
            {
                while (true)
                {
                    (await listener.AcceptTcpClientAsync()).Dispose();
                    Interlocked.Increment(ref connections);
                }
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                // Stopped.
            }
        }
    }
}
