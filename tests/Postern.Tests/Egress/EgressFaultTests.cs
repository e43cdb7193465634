using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Postern.Configuration;
using Postern.Egress;
using Postern.Monitoring;
using Postern.Tests.Callbacks;

namespace Postern.Tests.Egress;

/// <summary>Each way in which a call can fail is told apart, on real sockets and in real handshakes.</summary>
public sealed class EgressFaultTests : IDisposable
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    private readonly ServiceProvider services = new ServiceCollection().AddMetrics().AddSingleton<PosternMeter>().BuildServiceProvider();
    private readonly LiveConfiguration live = new(new PosternConfiguration { Egress = new EgressConfiguration { Allow = ["127.0.0.0/8"] } });
    private readonly EgressClient client;
    private Func<CancellationToken, Task<IPAddress[]>> resolve = _ => Task.FromResult(new[] { IPAddress.Loopback });

    public EgressFaultTests() => client = new EgressClient(
        live, (_, cancellation) => resolve(cancellation), services.GetRequiredService<PosternMeter>(), TimeProvider.System, NullLogger<EgressDialler>.Instance);

    public void Dispose()
    {
        client.Dispose();
        services.Dispose();
    }

    [Theory]
    [InlineData(SocketError.HostNotFound, EgressFailure.DnsNotFound)]
    [InlineData(SocketError.NoData, EgressFailure.DnsNotFound)]
    [InlineData(SocketError.TryAgain, EgressFailure.DnsUnavailable)]
    [InlineData(SocketError.NoRecovery, EgressFailure.DnsUnavailable)]
    internal async Task A_name_without_an_address_is_not_a_name_server_that_fails(SocketError error, EgressFailure expected)
    {
        resolve = _ => throw new SocketException((int)error);

        Assert.Equal(expected, await FailureAsync("https://receiver.test/"));
    }

    [Fact]
    public async Task A_name_that_is_not_resolved_in_time_is_told()
    {
        resolve = async cancellation =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
            return [];
        };

        Assert.Equal(EgressFailure.DnsTimeout, await FailureAsync("http://receiver.test/", TimeSpan.FromMilliseconds(100)));
    }

    [Fact]
    public async Task A_port_where_nothing_listens_refuses_the_connection() =>
        Assert.Equal(EgressFailure.ConnectRefused, await FailureAsync($"http://127.0.0.1:{FreePort.Next()}/"));

    [Fact]
    public async Task A_private_address_is_refused_by_the_guard() =>
        Assert.Equal(EgressFailure.Refused, await FailureAsync("https://10.0.0.1/"));

    [Fact]
    public async Task A_handshake_that_hangs_is_not_a_response_that_hangs()
    {
        using var listener = new TcpListener(IPAddress.Loopback, FreePort.Next());
        listener.Start();

        Assert.Equal(EgressFailure.TlsTimeout, await FailureAsync($"https://127.0.0.1:{Port(listener)}/", TimeSpan.FromMilliseconds(200)));
    }

    [Fact]
    public async Task A_response_that_does_not_come_is_told()
    {
        await using var plain = RawReceiver.Silent();

        Assert.Equal(EgressFailure.Timeout, await FailureAsync($"http://127.0.0.1:{plain.Port}/", TimeSpan.FromMilliseconds(200)));
    }

    [Fact]
    public async Task Plain_http_behind_https_is_a_failed_handshake()
    {
        await using var receiver = new RawReceiver((_, _, _) => Task.CompletedTask, greeting: "HTTP/1.1 400 X\r\n\r\n");

        Assert.Equal(EgressFailure.Tls, await FailureAsync($"https://127.0.0.1:{receiver.Port}/"));
    }

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_is_untrusted_and_nothing_is_sent()
    {
        using var certificate = SelfSigned("receiver.test", Now.AddYears(1));
        await using var receiver = new RawReceiver((_, _, _) => Task.CompletedTask, certificate);

        Assert.Equal(EgressFailure.CertificateUntrusted, await FailureAsync($"https://receiver.test:{receiver.Port}/"));
        Assert.Empty(receiver.Requests);
    }

    [Theory]
    [InlineData(SslPolicyErrors.RemoteCertificateChainErrors, X509ChainStatusFlags.NotTimeValid, EgressFailure.CertificateExpired)]
    [InlineData(SslPolicyErrors.RemoteCertificateChainErrors, X509ChainStatusFlags.NotTimeValid | X509ChainStatusFlags.UntrustedRoot, EgressFailure.CertificateUntrusted)]
    [InlineData(SslPolicyErrors.RemoteCertificateChainErrors, X509ChainStatusFlags.PartialChain, EgressFailure.CertificateUntrusted)]
    [InlineData(SslPolicyErrors.RemoteCertificateNameMismatch, X509ChainStatusFlags.NoError, EgressFailure.CertificateName)]
    [InlineData(SslPolicyErrors.RemoteCertificateNameMismatch | SslPolicyErrors.RemoteCertificateChainErrors, X509ChainStatusFlags.UntrustedRoot, EgressFailure.CertificateUntrusted)]
    [InlineData(SslPolicyErrors.RemoteCertificateNameMismatch | SslPolicyErrors.RemoteCertificateChainErrors, X509ChainStatusFlags.NotTimeValid, EgressFailure.CertificateExpired)]
    [InlineData(SslPolicyErrors.RemoteCertificateNotAvailable, X509ChainStatusFlags.NoError, EgressFailure.CertificateUntrusted)]
    internal void The_worst_thing_about_a_certificate_is_told(SslPolicyErrors errors, X509ChainStatusFlags chain, EgressFailure expected)
    {
        using var certificate = SelfSigned("receiver.test", Now.AddYears(1));

        Assert.Equal(expected, EgressCertificate.Refusal(certificate, errors, chain).Failure);
    }

    [Theory]
    [InlineData("", EgressFailure.Closed)]
    [InlineData("HTTP/1.1 200", EgressFailure.Closed)]
    [InlineData("SSH-2.0-OpenSSH_9.6\r\n", EgressFailure.Protocol)]
    [InlineData("HTTP/1.1 200 OK\r\nno colon\r\n\r\n", EgressFailure.Protocol)]
    internal async Task What_is_no_response_is_sorted(string answer, EgressFailure expected)
    {
        await using var receiver = new RawReceiver(async (stream, _, cancellation) =>
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(answer), cancellation);
            stream.Socket.Shutdown(SocketShutdown.Send);
        });

        Assert.Equal(expected, await FailureAsync($"http://127.0.0.1:{receiver.Port}/"));
    }

    [Fact]
    public async Task Headers_over_the_limit_are_told()
    {
        await using var receiver = RawReceiver.Answering("HTTP/1.1 200 OK\r\nx: " + new string('a', 20_000) + "\r\n\r\n");

        Assert.Equal(EgressFailure.HeadersTooLarge, await FailureAsync($"http://127.0.0.1:{receiver.Port}/"));
    }

    [Fact]
    public async Task A_reset_is_told_apart_from_an_orderly_end()
    {
        await using var receiver = new RawReceiver((stream, _, _) =>
        {
            stream.Socket.LingerState = new LingerOption(true, 0);
            stream.Socket.Close();
            return Task.CompletedTask;
        });

        Assert.Equal(EgressFailure.Reset, await FailureAsync($"http://127.0.0.1:{receiver.Port}/"));
    }

    private async Task<EgressFailure> FailureAsync(string url, TimeSpan? deadline = null)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        stop.CancelAfter(deadline ?? TimeSpan.FromSeconds(30));
        using var request = new EgressRequest(HttpMethod.Post, new Uri(url)) { Content = new ByteArrayContent(Encoding.ASCII.GetBytes("{}")) };
        var exception = await Assert.ThrowsAnyAsync<Exception>(() => client.SendAsync(request, stop.Token));
        return Assert.NotNull(EgressFault.Of(exception, request.Trace.Phase)).Failure;
    }

    private static int Port(TcpListener listener) => ((IPEndPoint)listener.LocalEndpoint).Port;

    private static X509Certificate2 SelfSigned(string name, DateTimeOffset until)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var created = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, until);
        return X509CertificateLoader.LoadPkcs12(created.Export(X509ContentType.Pfx), null);
    }
}
