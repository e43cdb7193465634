using System.Net;
using System.Net.Sockets;

namespace Postern.Egress;

/// <summary>What an address is to somebody who dials on behalf of a stranger.</summary>
internal enum AddressClass
{
    /// <summary>On the public internet.</summary>
    Public = 0,

    /// <summary>Private, loopback, link-local, reserved or a disguise of another address: only when a block that holds it is allowed.</summary>
    Special = 1,

    /// <summary>Hands out credentials of the machine: only when allowed as a single address.</summary>
    Metadata = 2,

    /// <summary>Bound to one of our interfaces by a scope: never.</summary>
    Scoped = 3,
}

/// <summary>Sorts addresses by block, never by spelling (IANA special-purpose registries, RFC 6890, and the clouds' metadata addresses).</summary>
internal static class AddressClassifier
{
    /// <summary>IPv4 blocks that are not on the public internet.</summary>
    internal static readonly IReadOnlyList<IPNetwork> SpecialV4 = Parse(
        "0.0.0.0/8",        // this host: 0.0.0.0 reaches loopback
        "10.0.0.0/8",       // private
        "100.64.0.0/10",    // carrier-grade NAT
        "127.0.0.0/8",      // loopback
        "169.254.0.0/16",   // link-local
        "172.16.0.0/12",    // private
        "192.0.0.0/24",     // IETF protocol assignments
        "192.0.2.0/24",     // documentation
        "192.31.196.0/24",  // AS112
        "192.52.193.0/24",  // AMT
        "192.88.99.0/24",   // 6to4 relays
        "192.168.0.0/16",   // private
        "192.175.48.0/24",  // AS112
        "198.18.0.0/15",    // benchmarking
        "198.51.100.0/24",  // documentation
        "203.0.113.0/24",   // documentation
        "224.0.0.0/4",      // multicast
        "240.0.0.0/4");     // reserved, broadcast

    /// <summary>IPv6 blocks inside the only block of global unicast addresses that are not on the public internet.</summary>
    internal static readonly IReadOnlyList<IPNetwork> SpecialV6 = Parse(
        "2001::/23",            // Teredo, ORCHID, benchmarking and other protocol assignments
        "2001:db8::/32",        // documentation
        "2002::/16",            // 6to4: carries an IPv4 address
        "2620:4f:8000::/48",    // AS112
        "3fff::/20");           // documentation

    internal static readonly IReadOnlyList<IPAddress> MetadataAddresses =
    [
        IPAddress.Parse("169.254.169.254"), // AWS, Azure, Google and most others
        IPAddress.Parse("169.254.170.2"),   // AWS: credentials of a task
        IPAddress.Parse("169.254.170.23"),  // AWS: credentials of a pod
        IPAddress.Parse("168.63.129.16"),   // Azure's wire server
        IPAddress.Parse("100.100.100.200"), // Alibaba
        IPAddress.Parse("192.0.0.192"),     // Oracle
        IPAddress.Parse("fd00:ec2::254"),   // AWS
        IPAddress.Parse("fd00:ec2::23"),    // AWS: credentials of a pod
        IPAddress.Parse("fd20:ce::254"),    // Google
    ];

    private static readonly IPNetwork GlobalUnicastV6 = IPNetwork.Parse("2000::/3");

    // RFC 6052: on a network that only speaks IPv6, every IPv4 receiver has such an address; refusing it would break them all.
    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");

    public static AddressClass Classify(IPAddress address)
    {
        if (address.AddressFamily == AddressFamily.InterNetworkV6 && address.ScopeId != 0)
        {
            return AddressClass.Scoped;
        }

        address = Normalise(address);
        if (MetadataAddresses.Contains(address))
        {
            return AddressClass.Metadata;
        }

        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            return IsIn(SpecialV4, address) ? AddressClass.Special : AddressClass.Public;
        }

        if (Nat64.Contains(address))
        {
            return Classify(new IPAddress(address.GetAddressBytes().AsSpan(12)));
        }

        // A block that is not handed out is refused as a whole: translated forms (::ffff:0:0/96, ::5efe:…) need no list of their own.
        return GlobalUnicastV6.Contains(address) && !IsIn(SpecialV6, address) ? AddressClass.Public : AddressClass.Special;
    }

    /// <summary>An IPv4-mapped address (::ffff:10.0.0.1) reaches the IPv4 address it carries and is judged and dialled as that.</summary>
    public static IPAddress Normalise(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private static bool IsIn(IReadOnlyList<IPNetwork> blocks, IPAddress address)
    {
        foreach (var block in blocks)
        {
            if (block.Contains(address))
            {
                return true;
            }
        }

        return false;
    }

    private static IPNetwork[] Parse(params ReadOnlySpan<string> blocks)
    {
        var parsed = new IPNetwork[blocks.Length];
        for (var index = 0; index < blocks.Length; index++)
        {
            parsed[index] = IPNetwork.Parse(blocks[index]);
        }

        return parsed;
    }
}
