using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Security.Authentication;
using Postern.EndToEnd.Harness;

namespace Postern.EndToEnd.Attacks;

/// <summary>Windows has its cipher suites from a policy of the machine.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class WeakTlsTests
{
    private static readonly TlsCipherSuite[] Weak =
    [
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA,
    ];

    private static readonly TlsCipherSuite[] Strong =
    [
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
    ];

    [Fact]
    public async Task A_handshake_comes_about_with_strong_cipher_suites_alone()
    {
        Requires.Linux();
        using var files = await TlsFiles.CreateAsync();
        using var scratch = new ScratchDirectory();
        await using var gateway = await RunningGateway.StartAsync(new GatewaySetup { Upstream = "http://127.0.0.1:9", Data = scratch.File("data"), Tls = files });

        foreach (var suite in Strong)
        {
            Assert.Equal(suite, await HandshakeAsync(gateway, files, suite));
        }

        foreach (var suite in Weak)
        {
            await Assert.ThrowsAnyAsync<Exception>(() => HandshakeAsync(gateway, files, suite));
        }
    }

    private static async Task<TlsCipherSuite> HandshakeAsync(RunningGateway gateway, TlsFiles files, TlsCipherSuite suite)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, new Uri(gateway.Url).Port, TestContext.Current.CancellationToken);
        await using var tls = new SslStream(client.GetStream());
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                EnabledSslProtocols = SslProtocols.Tls12,
                CipherSuitesPolicy = new CipherSuitesPolicy([suite]),
                CertificateChainPolicy = files.Authority.Trust(),
            },
            TestContext.Current.CancellationToken);
        return tls.NegotiatedCipherSuite;
    }
}
