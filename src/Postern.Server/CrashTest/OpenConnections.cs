using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace Postern.Server.CrashTest;

/// <summary>The connections that a receiver has open, and when those of a node that was killed are all done with.</summary>
internal sealed class OpenConnections(IReadOnlyList<string> addresses, TimeProvider time)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly ConcurrentDictionary<string, (EndPoint? Mine, EndPoint? Theirs)> open = new();

    /// <summary>Knows each connection from its acceptance until its last request is done with.</summary>
    public ConnectionDelegate Follow(ConnectionDelegate next) => async connection =>
    {
        open[connection.ConnectionId] = (connection.LocalEndPoint, connection.RemoteEndPoint);
        try
        {
            await next(connection);
        }
        finally
        {
            open.TryRemove(connection.ConnectionId, out _);
        }
    };

    /// <summary>
    /// The kernel has closed the connections of a killed process, but those that it accepted for us may still stand in the listeners'
    /// queues. They are served in turn: when a connection made now has been served, so were all before it.
    /// </summary>
    public async Task AllClosedAsync()
    {
        var since = time.GetTimestamp();
        foreach (var address in addresses)
        {
            using var last = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await last.ConnectAsync(new IPEndPoint(IPAddress.Loopback, new Uri(address).Port));
            await UntilAsync(() => open.Values.Contains((last.RemoteEndPoint, last.LocalEndPoint)), since);
        }

        await UntilAsync(() => open.IsEmpty, since);
    }

    private async Task UntilAsync(Func<bool> condition, long since)
    {
        while (!condition())
        {
            if (time.GetElapsedTime(since) > Patience)
            {
                throw new CrashTestException($"The receiver has not done with the connections of a dead node within {Patience.TotalSeconds} s.");
            }

            await Task.Delay(Poll, time);
        }
    }
}
