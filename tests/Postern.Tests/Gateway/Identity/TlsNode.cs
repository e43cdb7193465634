using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Postern.Configuration;
using Postern.Hosting;
using Postern.Storage.Sqlite;
using Postern.Tests.Storage;

namespace Postern.Tests.Gateway.Identity;

/// <summary>A whole node that speaks TLS on both ports, on a configuration that is read from a file.</summary>
internal sealed class TlsNode : IAsyncDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly int gatewayPort = FreePort.Next();
    private readonly int adminPort = FreePort.Next();
    private int upstreamPort;
    private PosternNode? node;

    public TestAuthority Authority { get; } = new();

    /// <summary>Host and port of the gateway, as calls name it.</summary>
    public string Host => $"localhost:{gatewayPort}";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Starts it; the texts are more of <c>gateway</c> and <c>admin</c> as flow entries, and more of the document.</summary>
    public static async Task<TlsNode> StartAsync(string gateway = "", string admin = "", string more = "", Action<TlsNode>? prepare = null, int upstreamPort = 1)
    {
        var made = new TlsNode { upstreamPort = upstreamPort };
        var certificate = made.Authority.Issue();
        made.Write("cert.pem", certificate.Pem);
        made.Write("key.pem", certificate.Key);
        made.Write("clients.pem", made.Authority.RootPem);
        prepare?.Invoke(made);
        await made.RunAsync(made.Yaml(gateway, admin, more));
        return made;
    }

    public void Write(string name, string text) => File.WriteAllText(folder.File(name), text);

    /// <summary>Reads another configuration in place of the one that runs.</summary>
    public void Reconfigure(string gateway = "", string admin = "", string more = "") =>
        node!.Services.GetRequiredService<LiveConfiguration>().Replace(Load(Yaml(gateway, admin, more)).Configuration!);

    public async Task<HttpStatusCode> GetAsync(string path, X509Certificate2? certificate, bool admin = false, params (string Name, string Value)[] headers)
    {
        using var client = Client(certificate);
        return await GetAsync(client, path, admin, headers);
    }

    public async Task<HttpStatusCode> GetAsync(HttpClient client, string path, bool admin = false, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"https://localhost:{(admin ? adminPort : gatewayPort)}{path}");
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        using var answer = await client.SendAsync(request, Cancellation);
        return answer.StatusCode;
    }

    /// <summary>A client that trusts the authority, and shows a certificate with its issuer's.</summary>
    public HttpClient Client(X509Certificate2? certificate)
    {
        var handler = new SocketsHttpHandler { SslOptions = { CertificateChainPolicy = Authority.Trust() } };
        if (certificate is not null)
        {
            handler.SslOptions.ClientCertificateContext = SslStreamCertificateContext.Create(certificate, [Authority.IssuerCertificate], offline: true);
        }

        return new HttpClient(handler);
    }

    /// <summary>The whole answer to a request that names a host, whatever the certificate is for.</summary>
    public async Task<string> AskAsync(string host, string path, bool admin = false)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, admin ? adminPort : gatewayPort, Cancellation);
        await using var tls = new SslStream(client.GetStream());
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = "localhost", CertificateChainPolicy = Authority.Trust() }, Cancellation);
        await tls.WriteAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"), Cancellation);
        using var reader = new StreamReader(tls, Encoding.ASCII);
        return await reader.ReadToEndAsync(Cancellation);
    }

    /// <summary>The subject that a new connection to the gateway port is shown for a name.</summary>
    public async Task<string> ShownAsync(string name)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, gatewayPort, Cancellation);
        await using var tls = new SslStream(client.GetStream());
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = name,
                CertificateChainPolicy = Authority.Trust(),
                // The certificate of another name is what is asked about here.
                RemoteCertificateValidationCallback = static (_, _, _, errors) => (errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) == SslPolicyErrors.None,
            },
            Cancellation);
        return tls.RemoteCertificate!.Subject;
    }

    public async ValueTask DisposeAsync()
    {
        if (node is not null)
        {
            await node.DisposeAsync();
        }

        Authority.Dispose();
        folder.Dispose();
    }

    private string Yaml(string gateway, string admin, string more) =>
        $$"""
        gateway: { listen: "https://127.0.0.1:{{gatewayPort}}"{{(gateway.Contains("certificate:", StringComparison.Ordinal) ? "" : ", certificate: { path: cert.pem, key: key.pem }")}}{{gateway}} }
        admin: { listen: "https://127.0.0.1:{{adminPort}}", certificate: { path: cert.pem, key: key.pem }{{admin}} }
        apis: { shop: { upstream: "http://127.0.0.1:{{upstreamPort}}" } }
        {{more}}
        """;

    private ConfigurationResult Load(string yaml)
    {
        Write("postern.yaml", yaml);
        var result = ConfigurationFile.Load(new ConfigurationSource { Path = folder.File("postern.yaml"), Environment = new Dictionary<string, string>() });
        Assert.Empty(result.Errors);
        return result;
    }

    private async Task RunAsync(string yaml)
    {
        var result = Load(yaml);
        node = await PosternHost.StartAsync(
            new PosternSetup
            {
                Loaded = new LoadedConfiguration(
                    result.Configuration!, new ConfigurationSource { Path = folder.File("postern.yaml"), Environment = new Dictionary<string, string>() }, result.Files),
                OpenStore = async (_, loggers, cancellation) => await SqliteStore.OpenAsync(
                    new SqliteOptions { Path = folder.File("postern.db") }, TimeProvider.System, loggers.CreateLogger<SqliteStore>(), cancellation),
            },
            Cancellation);
    }
}
