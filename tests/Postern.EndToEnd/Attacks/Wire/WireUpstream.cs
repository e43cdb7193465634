using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Postern.EndToEnd.Harness;

namespace Postern.EndToEnd.Attacks.Wire;

/// <summary>What is sent in answer to a request, byte for byte.</summary>
internal sealed record WireAnswer(string Wire, bool Closes = false);

/// <summary>
/// An API on a bare socket. It keeps its connections, so that whatever is left over on one would be read as part of somebody else's
/// request, and records every request it can read, and everything it cannot.
/// </summary>
internal sealed class WireUpstream : IAsyncDisposable
{
    private readonly TcpListener listener;
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentQueue<WireRequest> requests = new();
    private readonly ConcurrentQueue<string> garbled = new();
    private readonly Task accepting;

    public WireUpstream()
    {
        var port = FreePort.Next();
        Url = $"http://127.0.0.1:{port}";
        listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start(backlog: 1024);
        accepting = listener.ServeAllAsync(ServeAsync, stop.Token);
    }

    public string Url { get; }

    /// <summary>Requests that came whole, in their order.</summary>
    public IReadOnlyCollection<WireRequest> Requests => requests;

    /// <summary>What came and is no request.</summary>
    public IReadOnlyCollection<string> Garbled => garbled;

    /// <summary>What is answered; by default the request itself, so that a caller can tell its own answer.</summary>
    public Func<WireRequest, WireAnswer> Answer { get; set; } = static request => new(Say(Echo(request)));

    /// <summary>What the default answer says of a request.</summary>
    public static string Echo(WireRequest request) => $"{request.Method} {request.Target} {request.Body.Length}";

    public static string Say(string body) => $"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {body.Length}\r\n\r\n{body}";

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await accepting;
        listener.Dispose();
        stop.Dispose();
    }

    private async Task ServeAsync(Socket socket)
    {
        using var owned = socket;
        socket.NoDelay = true;
        var (received, buffer) = ("", new byte[64 * 1024]);
        try
        {
            while (await socket.ReceiveAsync(buffer, stop.Token) is > 0 and var count)
            {
                received += Encoding.Latin1.GetString(buffer, 0, count);
                while (received.Length > 0)
                {
                    var (request, end, next) = WireReader.Read(received, 0);
                    if (end == WireEnd.Faulty)
                    {
                        garbled.Enqueue(received);
                        return;
                    }

                    if (request is null)
                    {
                        break;
                    }

                    requests.Enqueue(request);
                    received = received[next..];
                    var answer = Answer(request);
                    await socket.SendAsync(Encoding.Latin1.GetBytes(answer.Wire), stop.Token);
                    if (answer.Closes)
                    {
                        socket.Shutdown(SocketShutdown.Both);
                        return;
                    }
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
            // The gateway has gone, or the test is over.
        }
    }
}
