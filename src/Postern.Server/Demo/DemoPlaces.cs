using System.Net;
using System.Net.Sockets;

namespace Postern.Server.Demo;

/// <summary>Where everybody listens: the usual ports, or free ones where those are taken.</summary>
internal sealed record DemoPlaces(string Gateway, string Admin, string Shop, string Receiver)
{
    public static DemoPlaces Find()
    {
        var taken = new HashSet<int>();
        return new(Find(8080, taken), Find(8081, taken), Find(5080, taken), Find(9000, taken));
    }

    private static string Find(int preferred, HashSet<int> taken)
    {
        var port = TryBind(preferred) ?? TryBind(0);
        while (port is { } found && !taken.Add(found))
        {
            port = TryBind(0);
        }

        return port is null
            ? throw new DemoException($"Neither port {preferred} nor any other port of 127.0.0.1 can be listened on.")
            : $"http://127.0.0.1:{port}";
    }

    private static int? TryBind(int port)
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            probe.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return ((IPEndPoint)probe.LocalEndPoint!).Port;
        }
        catch (SocketException)
        {
            // Taken, or not allowed: the caller tries another one.
            return null;
        }
    }
}
