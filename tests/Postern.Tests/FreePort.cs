using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Postern.Tests;

/// <summary>Ports for test servers: below the ephemeral range, where an outgoing connection cannot hold them.</summary>
public static class FreePort
{
    private const int First = 10_000;
    private const int End = 32_768;

    private static readonly ConcurrentDictionary<int, bool> Given = new();

    /// <summary>A port that nothing listens on, given once in this process; drawn at random, so that two test programs do not follow each other.</summary>
    public static int Next()
    {
        while (true)
        {
            var port = Random.Shared.Next(First, End);
            if (!Given.TryAdd(port, true))
            {
                continue;
            }

            using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                probe.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException)
            {
                // Taken: try the next one.
            }
        }
    }
}
