using System.Buffers.Binary;
using System.Net;
using Postern.Egress;

namespace Postern.Tests.Egress;

/// <summary>Two judges that know nothing of each other say the same of every IPv4 address (§2.1 S-1).</summary>
public sealed class TwoClassifiersTests
{
    private const int Samples = 1 << 21;

    [Fact]
    public void They_agree_at_every_edge_of_a_block()
    {
        var edges = AddressClassifier.SpecialV4
            .SelectMany(block => new[] { Number(block.BaseAddress), Number(block.BaseAddress) + (uint)((1UL << (32 - block.PrefixLength)) - 1) })
            .Concat(Ipv4Table.Edges)
            .Concat(AddressClassifier.MetadataAddresses.Where(static address => address.GetAddressBytes().Length == 4).Select(Number));

        foreach (var edge in edges)
        {
            Agree(unchecked(edge - 1));
            Agree(edge);
            Agree(unchecked(edge + 1));
        }
    }

    [Fact]
    public void They_agree_on_two_million_addresses_at_random()
    {
        var random = new Random(20_260_101);
        for (var sample = 0; sample < Samples; sample++)
        {
            Agree((uint)random.NextInt64(1L << 32));
        }
    }

    /// <summary>Run each night by tests/addresses/run.sh.</summary>
    [Fact(Explicit = true)]
    public void They_agree_on_all_of_them()
    {
        var table = Ipv4Table.Spread();
        var refused = 0L;
        Parallel.For(0, 1 << 16, block =>
        {
            var here = 0L;
            for (var low = 0u; low < 1 << 16; low++)
            {
                var address = ((uint)block << 16) | low;
                var isPublic = IsPublic(address);
                here += isPublic ? 0 : 1;
                if (isPublic != ((table[address / 32] >> (int)(address % 32) & 1) == 1))
                {
                    Assert.Fail($"{Address(address)}: {isPublic} against {!isPublic}");
                }
            }

            Interlocked.Add(ref refused, here);
        });

        TestContext.Current.TestOutputHelper?.WriteLine($"{1L << 32} addresses judged alike, {refused} of them refused.");
    }

    [Fact]
    public void The_table_is_spread_as_it_is_written()
    {
        var bits = 0L;
        for (var edge = 0; edge < Ipv4Table.Edges.Length; edge += 2)
        {
            Assert.True(edge == 0 || Ipv4Table.Edges[edge] > Ipv4Table.Edges[edge - 1]);
            bits += Ipv4Table.Edges[edge + 1] - Ipv4Table.Edges[edge];
        }

        Assert.InRange((double)((1L << 32) - bits) / (1L << 32), 0.1379, 0.1381);
    }

    private static void Agree(uint address) =>
        Assert.True(Ipv4Table.IsPublic(address) == IsPublic(address), Address(address).ToString());

    private static bool IsPublic(uint address) => AddressClassifier.Classify(Address(address)) == AddressClass.Public;

    private static IPAddress Address(uint number)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        return new IPAddress(bytes);
    }

    private static uint Number(IPAddress address) => BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes());
}
