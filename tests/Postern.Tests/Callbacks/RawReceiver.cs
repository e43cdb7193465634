using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Postern.Tests.Callbacks;

/// <summary>A receiver on a raw socket: reads a request and lets the test answer whatever it likes.</summary>
internal sealed class RawReceiver : IAsyncDisposable
{
    private readonly TcpListener listener;
    private readonly CancellationTokenSource stop = new();
    private readonly Func<NetworkStream, string, CancellationToken, Task> answer;
    private readonly X509Certificate2? certificate;
    private readonly string? greeting;
    private readonly Task accepting;
    private int connections;

    /// <param name="certificate">Speaks TLS with it.</param>
    /// <param name="greeting">Sent before anything is read.</param>
    /// <param name="address">Another one of this host than 127.0.0.1.</param>
    public RawReceiver(Func<NetworkStream, string, CancellationToken, Task> answer, X509Certificate2? certificate = null, string? greeting = null, IPAddress? address = null)
    {
        this.answer = answer;
        this.certificate = certificate;
        this.greeting = greeting;
        Port = FreePort.Next();
        listener = new TcpListener(address ?? IPAddress.Loopback, Port);
        listener.Start();
        accepting = AcceptAsync();
    }

    public int Port { get; }

    public string Url => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Port}/hook");

    public int Connections => Volatile.Read(ref connections);

    /// <summary>Requests as they came, head and body.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    public static RawReceiver Answering(string response) =>
        new(async (stream, _, cancellation) => await stream.WriteAsync(Encoding.Latin1.GetBytes(response), cancellation));

    public static RawReceiver Answering(int status, string headers = "") =>
        Answering(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status:000} X\r\nContent-Length: 0\r\n{headers}\r\n"));

    public static RawReceiver Silent() => new((_, _, cancellation) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation));

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await accepting;
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync(stop.Token);
                Interlocked.Increment(ref connections);
                _ = ServeAsync(client);
            }
        }
        catch (Exception) when (stop.IsCancellationRequested)
        {
            // Stopped: the listener throws one thing or another, as it happens to stand.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                await stream.WriteAsync(Encoding.Latin1.GetBytes(greeting ?? ""), stop.Token);
                await using var tls = certificate is null ? null : new SslStream(stream);
                await (tls?.AuthenticateAsServerAsync(certificate!) ?? Task.CompletedTask);
                while (await ReadRequestAsync(tls ?? (Stream)stream) is { } request)
                {
                    Requests.Enqueue(request);
                    await answer(stream, request, stop.Token);
                }
            }
            catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException or AuthenticationException)
            {
                // The gateway hung up, or the test is over.
            }
        }
    }

    private async Task<string?> ReadRequestAsync(Stream stream)
    {
        var text = new StringBuilder();
        var buffer = new byte[8192];
        while (true)
        {
            var read = await stream.ReadAsync(buffer, stop.Token);
            if (read == 0)
            {
                return null;
            }

            text.Append(Encoding.Latin1.GetString(buffer, 0, read));
            var all = text.ToString();
            var head = all.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (head < 0)
            {
                continue;
            }

            var length = all.Split("\r\n").FirstOrDefault(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase));
            if (all.Length >= head + 4 + int.Parse(length?.Split(':')[1] ?? "0", CultureInfo.InvariantCulture))
            {
                return all;
            }
        }
    }
}
