using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Postern.Configuration;
using Postern.Egress;
using Postern.Egress.Tls;
using Postern.Monitoring;
using Postern.Tests.Gateway.Identity;

namespace Postern.Tests.Egress.Tunnels;

/// <summary>A whole gateway with an egress listener, and clients of nodes that have no way out but it.</summary>
internal sealed class TunnelHouse : IAsyncDisposable
{
    public const string Worker = "worker.internal";

    private readonly ServiceProvider services = new ServiceCollection().AddMetrics().AddSingleton<PosternMeter>().BuildServiceProvider();
    private readonly Configuration.TemporaryFolder folder = new();
    private readonly List<EgressClient> clients = [];

    private TunnelHouse(TlsNode gateway, int port) => (Gateway, Port) = (gateway, port);

    public TlsNode Gateway { get; }

    public int Port { get; }

    public string Address => string.Create(CultureInfo.InvariantCulture, $"https://127.0.0.1:{Port}");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <param name="egress">More of the gateway's <c>egress</c>, as flow entries.</param>
    /// <param name="listener">More of its listener.</param>
    public static async Task<TunnelHouse> StartAsync(string egress = "allow: 127.0.0.0/8", string listener = "")
    {
        var port = FreePort.Next();
        return new TunnelHouse(await TlsNode.StartAsync(more: Egress(port, egress, listener)), port);
    }

    /// <summary>Gives the gateway another configuration.</summary>
    public void Reconfigure(string egress, string listener = "") => Gateway.Reconfigure(more: Egress(Port, egress, listener));

    /// <summary>The client of a node that sends through these gateways.</summary>
    public EgressClient NewClient(params IEnumerable<string> gateways)
    {
        using var certificate = Gateway.Authority.IssueClient(Worker);
        using var key = certificate.GetECDsaPrivateKey()!;
        folder.Write("ca.pem", Gateway.Authority.RootPem);
        folder.Write("worker.pem", certificate.ExportCertificatePem() + "\n" + Gateway.Authority.IssuerPem);
        folder.Write("worker.key", key.ExportPkcs8PrivateKeyPem());
        var loaded = ConfigurationFile.Load(new ConfigurationSource
        {
            Path = folder.Write(
                "postern.yaml",
                $$"""
                egress: { gateway: { addresses: ["{{string.Join("\", \"", gateways)}}"], certificate: { path: worker.pem, key: worker.key }, ca: ca.pem } }
                apis: { shop: { upstream: "http://127.0.0.1:1" } }
                """),
            Environment = new Dictionary<string, string>(),
        });
        Assert.Empty(loaded.Errors);
        var client = new EgressClient(
            new LiveConfiguration(loaded.Configuration!),
            static (host, _) => throw new InvalidOperationException($"The node itself looked up {host}."),
            services.GetRequiredService<PosternMeter>(), TimeProvider.System, NullLogger<EgressDialler>.Instance);
        clients.Add(client);
        return client;
    }

    /// <summary>A connection that was let in, for what no node would send.</summary>
    /// <param name="certificate">Shown by it; null: a node's.</param>
    public async Task<SslStream> ConnectAsync(X509Certificate2? certificate = null)
    {
        using var own = Gateway.Authority.IssueClient(Worker);
        return await ConnectAsync(SslStreamCertificateContext.Create(certificate ?? own, [Gateway.Authority.IssuerCertificate], offline: true));
    }

    public async Task<SslStream> ConnectAsync(SslStreamCertificateContext? shown)
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Port, Cancellation);
        var tls = new SslStream(client.GetStream());
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = "localhost", CertificateChainPolicy = Gateway.Authority.Trust(), ClientCertificateContext = shown },
            Cancellation);
        return tls;
    }

    /// <summary>Asks on a connection of its own; the head of the answer.</summary>
    public async Task<string> AskAsync(string request)
    {
        await using var tls = await ConnectAsync();
        await tls.WriteAsync(Encoding.Latin1.GetBytes(request), Cancellation);
        return await ReadHeadAsync(tls);
    }

    /// <summary>What a node sends that wants plain HTTP to go through.</summary>
    public static string Connect(int port) => $"CONNECT 127.0.0.1:{port} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nPostern-Plain: 1\r\n\r\n";

    /// <summary>Empty where the connection ends without one.</summary>
    public static async Task<string> ReadHeadAsync(SslStream tls)
    {
        var head = "";
        var one = new byte[1];
        try
        {
            while (!head.EndsWith("\r\n\r\n", StringComparison.Ordinal) && await tls.ReadAsync(one, Cancellation) > 0)
            {
                head += (char)one[0];
            }
        }
        catch (IOException)
        {
            // Cut off.
        }

        return head;
    }

    public static async Task<EgressAnswer> FetchAsync(EgressClient client, string url, TlsProfile? tls = null, HttpContent? content = null)
    {
        using var request = new EgressRequest(HttpMethod.Post, new Uri(url)) { Content = content };
        request.Tls = tls ?? TlsProfile.Default;
        var answer = await client.FetchAsync(request, 4 * 1024 * 1024, TimeSpan.FromSeconds(30), Cancellation);
        Assert.NotNull(request.Trace.Address);
        return answer;
    }

    public static async Task<EgressFailure> FailAsync(EgressClient client, string url) =>
        (await Assert.ThrowsAsync<EgressException>(() => FetchAsync(client, url))).Failure;

    public async ValueTask DisposeAsync()
    {
        clients.ForEach(static client => client.Dispose());
        await Gateway.DisposeAsync();
        folder.Dispose();
        await services.DisposeAsync();
    }

    private static string Egress(int port, string egress, string listener) =>
        $$"""egress: { {{egress}}, listener: { listen: "https://127.0.0.1:{{port}}", certificate: { path: cert.pem, key: key.pem }, ca: clients.pem{{listener}} } }""";
}
