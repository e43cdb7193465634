using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Postern.Tests.Egress.Tls;

/// <summary>A receiver that speaks TLS, asks for a client certificate, and answers 204.</summary>
internal sealed class TlsReceiver : IAsyncDisposable
{
    private readonly TcpListener listener;
    private readonly CancellationTokenSource stop = new();
    private readonly X509Certificate2 certificate;
    private readonly bool mustProve;
    private readonly Task accepting;
    private int connections;

    public TlsReceiver(TestCertificate certificate, bool mustProve = false)
    {
        this.certificate = X509CertificateLoader.LoadPkcs12(certificate.Pfx, TestCertificate.Password);
        Intermediates.ImportFromPem(certificate.Pem);
        this.mustProve = mustProve;
        Port = FreePort.Next();
        listener = new TcpListener(IPAddress.Loopback, Port);
        listener.Start();
        accepting = AcceptAsync();
    }

    public int Port { get; }

    public string Url => string.Create(CultureInfo.InvariantCulture, $"https://127.0.0.1:{Port}/hook");

    public int Connections => Volatile.Read(ref connections);

    /// <summary>For each request, the thumbprint of the certificate its connection showed; empty: none.</summary>
    public ConcurrentQueue<string> Shown { get; } = new();

    private X509Certificate2Collection Intermediates { get; } = [];

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await accepting;
        stop.Dispose();
        certificate.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await listener.AcceptTcpClientAsync(stop.Token));
            }
        }
        catch (Exception) when (stop.IsCancellationRequested)
        {
            // Stopped: the listener throws one thing or another, as it happens to stand.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var connection = client;
        try
        {
            await using var tls = new SslStream(client.GetStream());
            await tls.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions
                {
                    ServerCertificateContext = SslStreamCertificateContext.Create(certificate, Intermediates, offline: true),
                    ClientCertificateRequired = true,
                    RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null || !mustProve,
                },
                stop.Token);
            Interlocked.Increment(ref connections);
            var buffer = new byte[16 * 1024];
            for (var head = ""; await tls.ReadAsync(buffer, stop.Token) is var read and > 0;)
            {
                head += Encoding.Latin1.GetString(buffer, 0, read);
                if (head.Contains("\r\n\r\n", StringComparison.Ordinal))
                {
                    Shown.Enqueue(tls.RemoteCertificate?.GetCertHashString() ?? "");
                    await tls.WriteAsync("HTTP/1.1 204 No Content\r\n\r\n"u8.ToArray(), stop.Token);
                    head = "";
                }
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or AuthenticationException or ObjectDisposedException)
        {
            // The gateway hung up, or the test is over.
        }
    }
}
