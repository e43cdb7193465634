using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Postern.Egress;

/// <summary>
/// The addresses this process listens on. A callback to one of them would feed the gateway its own callbacks, or let a
/// subscriber call the admin port from inside.
/// </summary>
internal sealed class OwnListeners
{
    public static OwnListeners None { get; } = new([]);

    private readonly IReadOnlyList<(IPAddress? Address, int Port)> listeners;

    private OwnListeners(IReadOnlyList<(IPAddress? Address, int Port)> listeners) => this.listeners = listeners;

    /// <param name="urls">Addresses as Kestrel takes them: <c>http://127.0.0.1:8080</c>, <c>http://*:8080</c>, <c>https://[::]:8443</c>.</param>
    public static OwnListeners From(params IReadOnlyList<string> urls)
    {
        var listeners = new List<(IPAddress?, int)>();
        foreach (var url in urls)
        {
            // Kestrel's wildcards are no URL hosts.
            var plain = url.Replace("://*", "://0.0.0.0", StringComparison.Ordinal).Replace("://+", "://0.0.0.0", StringComparison.Ordinal);
            if (Uri.TryCreate(plain, UriKind.Absolute, out var parsed) && parsed.Port > 0)
            {
                listeners.Add((IPAddress.TryParse(parsed.DnsSafeHost, out var address) && !IsWildcard(address) ? address : null, parsed.Port));
            }
        }

        return new OwnListeners(listeners);
    }

    public bool Contains(IPAddress address, int port)
    {
        address = AddressClassifier.Normalise(address);
        foreach (var listener in listeners)
        {
            // A listener without an address of its own (a wildcard, a name) stands on every address of this machine.
            if (listener.Port == port && (IsWildcard(address) || (listener.Address is { } own ? own.Equals(address) : IsLocal(address))))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsWildcard(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    // Asked only when the port is ours, so the list of interfaces need not be kept.
    private static bool IsLocal(IPAddress address)
    {
        if (IPAddress.IsLoopback(address))
        {
            return true;
        }

        try
        {
            return NetworkInterface.GetAllNetworkInterfaces()
                .SelectMany(card => card.GetIPProperties().UnicastAddresses)
                .Any(unicast => unicast.Address.Equals(address));
        }
        catch (Exception exception) when (exception is NetworkInformationException or SocketException)
        {
            // Unknown is treated as ours: refusing one port of one address is the lesser harm.
            return true;
        }
    }
}
