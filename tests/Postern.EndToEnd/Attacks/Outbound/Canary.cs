using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Postern.EndToEnd.Harness;

namespace Postern.EndToEnd.Attacks.Outbound;

/// <summary>Listens at every address of a network namespace, and sends whoever calls on to the metadata of a cloud.</summary>
internal sealed class Canary : IAsyncDisposable
{
    public static readonly int[] Ports = [22, 80, 443, 6379, 8080];

    private static readonly byte[] Redirect =
        "HTTP/1.1 307 Temporary Redirect\r\nLocation: http://169.254.169.254:8080/latest\r\nRefresh: 0; url=http://10.0.0.1:8080/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray();

    private readonly ConcurrentDictionary<(IPAddress Address, int Port), int> hits = new();
    private readonly CancellationTokenSource stop = new();
    private readonly TcpListener[] listeners;
    private readonly Task listening;

    public Canary(NetworkNamespace network)
    {
        listeners = network.Inside(() => Ports.Select(static port =>
        {
            var listener = TcpListener.Create(port);
            listener.Start(backlog: 1024);
            return listener;
        }).ToArray());
        listening = Task.WhenAll(listeners.Select(listener => listener.ServeAllAsync(ServeAsync, stop.Token)));
    }

    /// <summary>What is answered to a request for a path; null: the way to the metadata.</summary>
    public Func<string, string?> Body { get; set; } = static _ => null;

    /// <summary>Connections by the address they were made to.</summary>
    public IReadOnlyDictionary<(IPAddress Address, int Port), int> Hits => hits;

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await listening;
        Array.ForEach(listeners, static listener => listener.Dispose());
        stop.Dispose();
    }

    private async Task ServeAsync(Socket socket)
    {
        using var owned = socket;
        try
        {
            var called = (IPEndPoint)socket.LocalEndPoint!;
            hits.AddOrUpdate((called.Address.IsIPv4MappedToIPv6 ? called.Address.MapToIPv4() : called.Address, called.Port), 1, static (_, count) => count + 1);
            var buffer = new byte[64 * 1024];
            var length = await socket.ReceiveAsync(buffer, stop.Token);
            // What is no HTTP is the start of a handshake.
            var path = Encoding.ASCII.GetString(buffer, 0, length).Split(' ') is [_, { } target, ..] ? target : "";
            await socket.SendAsync(Body(path) is { } body ? Encoding.UTF8.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}") : Redirect, stop.Token);
            socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
            // The caller has gone, or the scenario is over.
        }
    }
}
