using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Postern.EndToEnd.Attacks.Wire;
using Postern.EndToEnd.Harness;

namespace Postern.EndToEnd.Attacks.Http2;

/// <summary>Floods and bombs of HTTP/2 over TLS against the real program, with another caller beside them.</summary>
public sealed class Http2AttackTests
{
    private const int MaxGrowthMiB = 150;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_abuse_of_HTTP_2_takes_the_gateways_memory_or_another_callers_answers()
    {
        Requires.Linux();
        using var files = await TlsFiles.CreateAsync();
        using var scratch = new ScratchDirectory();
        await using var upstream = new WireUpstream();
        await using var gateway = await RunningGateway.StartAsync(
            new GatewaySetup { Upstream = upstream.Url, Data = scratch.File("data"), Tls = files, Api = "resources: { /orders: {} }" });
        await GoodCallAsync(gateway);
        var before = gateway.Status("VmRSS") / 1024;

        foreach (var attack in Http2Attack.All)
        {
            var attacking = AttackAsync(attack, new Uri(gateway.Url).Port, files);
            do
            {
                await GoodCallAsync(gateway);
            }
            while (!attacking.IsCompleted);

            await attacking;
            var grown = (gateway.Status("VmRSS") / 1024) - before;
            Assert.True(grown < MaxGrowthMiB, $"{attack.Name}: the gateway has grown by {grown} MiB");
        }

        Assert.Empty(upstream.Garbled);
    }

    private static async Task GoodCallAsync(RunningGateway gateway)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/c/good") { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using var answer = await gateway.Client.Http.SendAsync(request, Cancellation);
        Assert.Equal((HttpStatusCode.OK, "GET /c/good 0"), (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancellation)));
    }

    private static async Task AttackAsync(Http2Attack attack, int port, TlsFiles files)
    {
        for (var done = 0; done < attack.Times;)
        {
            done += await AttackOnceAsync(attack, attack.Times - done, port, files);
        }
    }

    /// <summary>Goes on until the gateway has had enough of this connection; how often it was done.</summary>
    private static async Task<int> AttackOnceAsync(Http2Attack attack, int times, int port, TlsFiles files)
    {
        const int together = 50;
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port, Cancellation);
        await using var tls = new SslStream(client.GetStream());
        var done = 0;
        try
        {
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions { TargetHost = "localhost", ApplicationProtocols = [SslApplicationProtocol.Http2], CertificateChainPolicy = files.Authority.Trust() }, Cancellation);
            await tls.WriteAsync(Http2Frames.Preface, Cancellation);
            // What is answered must be taken: a peer that does not read is another attack.
            var reading = tls.CopyToAsync(Stream.Null, Cancellation);
            while (done < times && !reading.IsCompleted)
            {
                var count = Math.Min(together, times - done);
                await tls.WriteAsync(Enumerable.Range(done, count).SelectMany(number => attack.Make((2 * number) + 1)).ToArray(), Cancellation);
                done += count;
            }
        }
        catch (IOException)
        {
            // Cut off in the middle.
            done += together;
        }

        return Math.Max(done, 1);
    }
}
