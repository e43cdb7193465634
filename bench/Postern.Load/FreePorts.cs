using System.Net;
using System.Net.Sockets;

namespace Postern.Load;

/// <summary>Loopback ports below the ephemeral range, where outgoing connections cannot hold them.</summary>
internal static class FreePorts
{
    private static int next = 12_000 + Environment.ProcessId * 17 % 15_000;

    public static int Next()
    {
        while (true)
        {
            var port = 12_000 + (++next - 12_000) % 20_000;
            using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                probe.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException)
            {
                // Taken: the next one.
            }
        }
    }
}
