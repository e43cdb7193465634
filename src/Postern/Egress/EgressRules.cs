using System.Net;
using Postern.Configuration;

namespace Postern.Egress;

/// <summary>What may be dialled on behalf of others: an immutable set of rules made from the configuration.</summary>
internal sealed class EgressRules
{
    // Services that a stranger must not be able to reach through us, although nothing else sets their ports apart.
    // Below 1024 only 80 and 443 are dialled.
    private static readonly HashSet<int> RefusedPorts =
    [
        1433, 1521, 1883, 2049, 2181, 2375, 2376, 2379, 2380, 3306, 3389, 4369, 5432, 5671, 5672, 5900, 5984, 5985, 5986, 6000,
        6379, 6443, 7001, 8500, 8883, 9042, 9092, 9200, 9300, 10250, 10255, 11211, 15672, 25672, 27017,
    ];

    private readonly IReadOnlyList<AllowedBlock> allowed;
    private readonly OwnListeners own;

    private EgressRules(IReadOnlyList<AllowedBlock> allowed, OwnListeners own)
    {
        this.allowed = allowed;
        this.own = own;
    }

    /// <summary>The rules of <c>egress</c> alone; they know nothing of our own listeners.</summary>
    /// <exception cref="FormatException">An entry cannot be read; the configuration's validator reports it before.</exception>
    public static EgressRules From(EgressConfiguration configuration) => new(Read(configuration), OwnListeners.None);

    /// <summary>The rules of a whole configuration: what <c>egress</c> says, and never our own gateway and admin ports.</summary>
    /// <exception cref="FormatException">An entry cannot be read; the configuration's validator reports it before.</exception>
    public static EgressRules From(PosternConfiguration configuration) =>
        new(Read(configuration.Egress), OwnListeners.From(configuration.Gateway.Listen, configuration.Admin.Listen));

    /// <summary>Whether this address may be dialled with TLS.</summary>
    public bool MayDial(IPAddress address, int port) =>
        IsListed(address, port) || (Dialable(address, port) && AddressClassifier.Classify(address) == AddressClass.Public && IsWebPort(port));

    /// <summary>Whether this address may be dialled without TLS: only where <c>egress.allow</c> lists it.</summary>
    public bool MayDialPlain(IPAddress address, int port) => IsListed(address, port);

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

    internal static bool IsWebPort(int port) => port is 80 or 443 || (port >= 1024 && !RefusedPorts.Contains(port));

    private static AllowedBlock[] Read(EgressConfiguration configuration) =>
    [
        .. configuration.Allow.Select(entry => AllowedBlock.TryParse(entry, out var block, out var error) ? block : throw new FormatException(error)),
    ];
}
