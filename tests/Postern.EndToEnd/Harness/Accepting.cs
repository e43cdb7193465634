using System.Net.Sockets;

namespace Postern.EndToEnd.Harness;

/// <summary>The loop of a server on bare sockets.</summary>
internal static class Accepting
{
    /// <summary>Serves every connection until it is stopped and the last one is done with.</summary>
    public static async Task ServeAllAsync(this TcpListener listener, Func<Socket, Task> serve, CancellationToken stop)
    {
        var serving = new List<Task>();
        try
        {
            while (true)
            {
                serving.Add(serve(await listener.AcceptSocketAsync(stop)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(serving);
        }
    }
}
