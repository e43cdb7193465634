using System.Net;
using System.Net.Sockets;

namespace Postern.Tests;

/// <summary>Ports for test servers: below the ephemeral range, where an outgoing connection cannot hold them.</summary>
public static class FreePort
{
    private static int next = 10_000 + Environment.ProcessId * 37 % 20_000;

    public static int Next()
    {
        while (true)
        {
            var port = 10_000 + (Interlocked.Increment(ref next) - 10_000) % 22_000;
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
