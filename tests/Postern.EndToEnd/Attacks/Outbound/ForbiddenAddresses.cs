using System.Buffers.Binary;
using System.Net;

namespace Postern.EndToEnd.Attacks.Outbound;

/// <summary>Addresses that nobody may be made to call: the edges and the middle of every special block, and what clouds hand credentials out at.</summary>
internal static class ForbiddenAddresses
{
    // The registries of special-purpose addresses (IANA), written down once more: nothing is shared with the program's own list.
    private static readonly string[] Blocks =
    [
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24",
        "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    ];

    private static readonly string[] Metadata = ["169.254.169.254", "169.254.170.2", "168.63.129.16", "100.100.100.200", "192.0.0.192"];

    public static IReadOnlyList<IPAddress> V4 { get; } = [.. Blocks.SelectMany(Samples).Concat(Metadata.Select(IPAddress.Parse)).Distinct()];

    public static IReadOnlyList<IPAddress> V6 { get; } =
    [
        .. ((string[])
        [
            "::", "::1", "::2", "::7f00:1", "::a9fe:a9fe", "::ffff:0:7f00:1", "::5efe:7f00:1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b::a00:1", "64:ff9b:1::1", "100::1", "2001::1", "2001:2::1",
            "2001:10::1", "2001:20::1", "2001:db8::1", "2002:7f00:1::", "2002:a9fe:a9fe::1", "2620:4f:8000::1", "3fff::1", "4000::1", "5f00::1", "8000::1", "fc00::1", "fd00::1", "fd00:ec2::254", "fd00:ec2::23",
            "fd20:ce::254", "fdff:ffff::1", "fe80::1", "fe80::5efe:7f00:1", "fec0::1", "ff02::1", "ff0e::1",
        ]).Select(IPAddress.Parse),
    ];

    public static IEnumerable<IPAddress> All => V4.Concat(V6);

    private static IEnumerable<IPAddress> Samples(string block)
    {
        var network = IPNetwork.Parse(block);
        var first = BinaryPrimitives.ReadUInt32BigEndian(network.BaseAddress.GetAddressBytes());
        var last = first | (uint)((1UL << (32 - network.PrefixLength)) - 1);
        return ((uint[])[first, first + 1, first + ((last - first) / 2), last - 1, last]).Select(static value =>
            new IPAddress([(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value]));
    }
}
