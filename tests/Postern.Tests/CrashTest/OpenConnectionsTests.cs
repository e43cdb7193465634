using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Postern.Server.CrashTest;

namespace Postern.Tests.CrashTest;

/// <summary>When the receiver has done with a node that was killed.</summary>
public sealed class OpenConnectionsTests : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, FreePort.Next());
    private readonly OpenConnections connections;

    public OpenConnectionsTests()
    {
        listener.Start();
        connections = new OpenConnections([$"http://{listener.LocalEndpoint}"], TimeProvider.System);
    }

    [Fact]
    public async Task A_connection_that_stands_in_the_queue_of_the_listener_is_waited_for()
    {
        var request = new TaskCompletionSource();
        using var node = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await node.ConnectAsync(listener.LocalEndpoint, TestContext.Current.CancellationToken);
        node.Close();

        var rest = connections.AllClosedAsync();
        var old = ServeAsync(await AcceptAsync(), request.Task);
        var last = ServeAsync(await AcceptAsync());
        await last;
        Assert.False(rest.IsCompleted);

        request.SetResult();
        await old;
        await rest;
    }

    public void Dispose() => listener.Dispose();

    private async Task<Socket> AcceptAsync() => await listener.AcceptSocketAsync(TestContext.Current.CancellationToken);

    /// <summary>As the receiver does: until the other side closes, and the last request is done with.</summary>
    private async Task ServeAsync(Socket socket, Task? request = null)
    {
        await using var connection = new DefaultConnectionContext(Guid.NewGuid().ToString("N"))
        {
            LocalEndPoint = socket.LocalEndPoint, RemoteEndPoint = socket.RemoteEndPoint,
        };
        await connections.Follow(async _ =>
        {
            while (await socket.ReceiveAsync(new byte[16], TestContext.Current.CancellationToken) > 0)
            {
            }

            await (request ?? Task.CompletedTask);
            socket.Dispose();
        })(connection);
    }
}
