namespace Postern.Tests.Egress;

/// <summary>
/// A second judge of IPv4 addresses, made in another way than the program's: where the public internet begins and ends, in order,
/// written down from the IANA registry by hand, spread over a table of one bit per address, 512 MiB in all.
/// </summary>
internal static class Ipv4Table
{
    /// <summary>Where it changes between refused and public; before the first one everything is refused.</summary>
    public static readonly uint[] Edges =
    [
        0x01000000, 0x0A000000, // 1.0.0.0 to 9.255.255.255
        0x0B000000, 0x64400000, // 11.0.0.0 to 100.63.255.255
        0x64800000, 0x7F000000, // 100.128.0.0 to 126.255.255.255
        0x80000000, 0xA83F8110, // 128.0.0.0 to 168.63.129.15
        0xA83F8111, 0xA9FE0000, // 168.63.129.17 to 169.253.255.255
        0xA9FF0000, 0xAC100000, // 169.255.0.0 to 172.15.255.255
        0xAC200000, 0xC0000000, // 172.32.0.0 to 191.255.255.255
        0xC0000100, 0xC0000200, // 192.0.1.0 to 192.0.1.255
        0xC0000300, 0xC01FC400, // 192.0.3.0 to 192.31.195.255
        0xC01FC500, 0xC034C100, // 192.31.197.0 to 192.52.192.255
        0xC034C200, 0xC0586300, // 192.52.194.0 to 192.88.98.255
        0xC0586400, 0xC0A80000, // 192.88.100.0 to 192.167.255.255
        0xC0A90000, 0xC0AF3000, // 192.169.0.0 to 192.175.47.255
        0xC0AF3100, 0xC6120000, // 192.175.49.0 to 198.17.255.255
        0xC6140000, 0xC6336400, // 198.20.0.0 to 198.51.99.255
        0xC6336500, 0xCB007100, // 198.51.101.0 to 203.0.112.255
        0xCB007200, 0xE0000000, // 203.0.114.0 to 223.255.255.255
    ];

    /// <summary>By halving: for single addresses.</summary>
    public static bool IsPublic(uint address)
    {
        var at = Array.BinarySearch(Edges, address);
        return (at >= 0 ? at + 1 : ~at) % 2 == 1;
    }

    /// <summary>One bit per address, for all of them: 32 addresses a word.</summary>
    public static uint[] Spread()
    {
        var table = new uint[1 << 27];
        for (var edge = 0; edge < Edges.Length; edge += 2)
        {
            for (var address = Edges[edge]; address < Edges[edge + 1]; address++)
            {
                if (address % 32 == 0 && Edges[edge + 1] - address >= 32)
                {
                    table[address / 32] = uint.MaxValue;
                    address += 31;
                }
                else
                {
                    table[address / 32] |= 1u << (int)(address % 32);
                }
            }
        }

        return table;
    }
}
