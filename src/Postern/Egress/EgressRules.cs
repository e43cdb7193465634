using System.Net;
using Postern.Configuration;

namespace Postern.Egress;

/// <summary>What may be dialled on behalf of others: an immutable set of rules made from the configuration.</summary>
internal sealed class EgressRules
{
    private readonly IReadOnlyList<AllowedBlock> allowed;
    private readonly IReadOnlyList<PortRange> ports;
    private readonly IReadOnlyList<PortRange> refusedPorts;
    private readonly OwnListeners own;

    private EgressRules(EgressConfiguration configuration, OwnListeners own)
    {
        this.own = own;
        allowed = Read(configuration);
        ports = Read(configuration.Ports.Allow);
        refusedPorts = Read(configuration.Ports.Deny);
        PlainHttp = configuration.PlainHttp;
        Proxy = configuration.Proxy is { } address ? new EgressProxy(address) : null;
    }

    /// <summary>Where callbacks may go without TLS.</summary>
    public PlainHttp PlainHttp { get; }

    /// <summary>The operator's own proxy; null: none.</summary>
    public EgressProxy? Proxy { get; }

    /// <summary>The rules of <c>egress</c> alone; they know nothing of our own listeners.</summary>
    /// <exception cref="FormatException">An entry cannot be read; the configuration's validator reports it before.</exception>
    public static EgressRules From(EgressConfiguration configuration) => new(configuration, OwnListeners.None);

    /// <summary>The rules of a whole configuration: what <c>egress</c> says, and never our own ports.</summary>
    /// <exception cref="FormatException">An entry cannot be read; the configuration's validator reports it before.</exception>
    public static EgressRules From(PosternConfiguration configuration) =>
        new(configuration.Egress, OwnListeners.From(
            [configuration.Gateway.Listen, configuration.Admin.Listen, .. configuration.Egress.Listener is { } listener ? (string[])[listener.Listen] : []]));

    /// <summary>Whether this address may be dialled with TLS.</summary>
    public bool MayDial(IPAddress address, int port) =>
        IsListed(address, port) || (Dialable(address, port) && AddressClassifier.Classify(address) == AddressClass.Public && IsWebPort(port));

    /// <summary>Whether this address may be dialled without TLS: as <c>egress.plainHttp</c> says.</summary>
    public bool MayDialPlain(IPAddress address, int port) => PlainHttp switch
    {
        PlainHttp.Listed => IsListed(address, port),
        PlainHttp.Anywhere => MayDial(address, port),
        _ => false,
    };

    public bool MayDial(IPAddress address, int port, bool tls) => tls ? MayDial(address, port) : MayDialPlain(address, port);

    private bool IsListed(IPAddress address, int port)
    {
        var kind = AddressClassifier.Classify(address);
        if (kind == AddressClass.Scoped || !Dialable(address, port))
        {
            return false;
        }

        address = AddressClassifier.Normalise(address);
        foreach (var block in allowed)
        {
            if (block.Contains(address, port) && (kind != AddressClass.Metadata || block.IsSingle))
            {
                return true;
            }
        }

        return false;
    }

    private bool Dialable(IPAddress address, int port) => port is >= 1 and <= 65535 && !own.Contains(address, port);

    /// <summary>Whether it is a port that callbacks go to (<c>egress.ports</c>); what <c>egress.allow</c> lists needs no leave of it.</summary>
    public bool IsWebPort(int port) => Holds(ports, port) && !Holds(refusedPorts, port);

    private static bool Holds(IReadOnlyList<PortRange> ranges, int port)
    {
        foreach (var range in ranges)
        {
            if (range.Contains(port))
            {
                return true;
            }
        }

        return false;
    }

    private static PortRange[] Read(IReadOnlyList<string> ports) =>
        [.. ports.Select(entry => PortRange.Parse(entry) ?? throw new FormatException($"\"{entry}\" is not a port."))];

    private static AllowedBlock[] Read(EgressConfiguration configuration) =>
    [
        .. configuration.Allow.Select(entry => AllowedBlock.TryParse(entry, out var block, out var error) ? block : throw new FormatException(error)),
    ];
}
