using System.Net;
using System.Net.Sockets;
using System.Numerics;
using CsCheck;
using Postern.Egress;

namespace Postern.Tests.Egress;

public sealed class AddressClassifierTests
{
    public static TheoryData<string> SpecialBlocks =>
        [.. AddressClassifier.SpecialV4.Concat(AddressClassifier.SpecialV6).Select(block => block.ToString())];

    [Theory]
    [MemberData(nameof(SpecialBlocks))]
    public void Both_ends_of_a_special_block_are_refused_and_its_neighbours_are_judged_by_their_own_block(string text)
    {
        var block = IPNetwork.Parse(text);
        var (first, last) = Ends(block);

        Assert.NotEqual(AddressClass.Public, AddressClassifier.Classify(first));
        Assert.NotEqual(AddressClass.Public, AddressClassifier.Classify(last));
        foreach (var neighbour in new[] { Step(first, -1), Step(last, 1) }.OfType<IPAddress>())
        {
            Assert.Equal(IsPublicByTheRegistries(neighbour), AddressClassifier.Classify(neighbour) == AddressClass.Public);
        }
    }

    [Theory]
    [InlineData("9.255.255.255")]
    [InlineData("11.0.0.0")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.0")]
    [InlineData("126.255.255.255")]
    [InlineData("128.0.0.0")]
    [InlineData("169.253.255.255")]
    [InlineData("169.255.0.0")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.0")]
    [InlineData("192.0.1.0")]
    [InlineData("192.167.255.255")]
    [InlineData("192.169.0.0")]
    [InlineData("198.17.255.255")]
    [InlineData("198.20.0.0")]
    [InlineData("223.255.255.255")]
    [InlineData("2000::")]
    [InlineData("2001:200::")]
    [InlineData("2001:db7:ffff:ffff:ffff:ffff:ffff:ffff")]
    [InlineData("2001:db9::")]
    [InlineData("2003::")]
    [InlineData("2606:4700::6810:84e5")]
    [InlineData("3ffe:ffff::")]
    [InlineData("3fff:1000::")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("64:ff9b::8.8.8.8")]
    public void A_public_address_is_public(string address) =>
        Assert.Equal(AddressClass.Public, AddressClassifier.Classify(IPAddress.Parse(address)));

    [Theory]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::127.0.0.1")]
    [InlineData("::8.8.8.8")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:7f00:1")]
    [InlineData("::ffff:0:127.0.0.1")]
    [InlineData("::ffff:0:8.8.8.8")]
    [InlineData("::5efe:7f00:1")]
    [InlineData("64:ff9b::127.0.0.1")]
    [InlineData("64:ff9b::10.0.0.1")]
    [InlineData("64:ff9b:1::8.8.8.8")]
    [InlineData("100::1")]
    [InlineData("1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]
    [InlineData("4000::")]
    [InlineData("5f00::1")]
    [InlineData("2001::1")]
    [InlineData("2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff")]
    [InlineData("2002:7f00:1::")]
    [InlineData("2002:808:808::")]
    [InlineData("fc00::1")]
    [InlineData("fdff::1")]
    [InlineData("fe80::1")]
    [InlineData("fec0::1")]
    [InlineData("ff02::1")]
    [InlineData("255.255.255.255")]
    public void A_private_or_disguised_address_is_special(string address) =>
        Assert.Equal(AddressClass.Special, AddressClassifier.Classify(IPAddress.Parse(address)));

    [Theory]
    [InlineData("169.254.169.254")]
    [InlineData("168.63.129.16")]
    [InlineData("100.100.100.200")]
    [InlineData("fd00:ec2::254")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("64:ff9b::169.254.169.254")]
    public void An_address_that_hands_out_credentials_is_metadata(string address) =>
        Assert.Equal(AddressClass.Metadata, AddressClassifier.Classify(IPAddress.Parse(address)));

    [Fact]
    public void An_address_with_a_scope_is_never_dialled() =>
        Assert.Equal(AddressClass.Scoped, AddressClassifier.Classify(IPAddress.Parse("2606:4700::1%1")));

    [Fact]
    public void Every_ipv4_address_is_judged_as_the_registries_say() =>
        Gen.UInt.Sample(number =>
        {
            var address = new IPAddress(BitConverter.IsLittleEndian ? System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(number) : number);
            return IsPublicByTheRegistries(address) == (AddressClassifier.Classify(address) == AddressClass.Public);
        });

    // A second opinion, written as arithmetic and not as a table.
    private static bool IsPublicByTheRegistries(IPAddress address)
    {
        var b = address.GetAddressBytes();
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            var w0 = (b[0] << 8) | b[1];
            var w1 = (b[2] << 8) | b[3];
            var w2 = (b[4] << 8) | b[5];
            return w0 is >= 0x2000 and <= 0x3fff
                && !(w0 == 0x2001 && (w1 < 0x200 || w1 == 0xdb8))
                && w0 != 0x2002
                && !(w0 == 0x2620 && w1 == 0x4f && w2 == 0x8000)
                && !(w0 == 0x3fff && w1 < 0x1000);
        }

        return (b[0], b[1], b[2], b[3]) switch
        {
            (0 or 10 or 127 or >= 224, _, _, _) => false,
            (100, >= 64 and < 128, _, _) => false,
            (169, 254, _, _) => false,
            (172, >= 16 and < 32, _, _) => false,
            (192, 0, 0 or 2, _) => false,
            (192, 31, 196, _) => false,
            (192, 52, 193, _) => false,
            (192, 88, 99, _) => false,
            (192, 168, _, _) => false,
            (192, 175, 48, _) => false,
            (198, 18 or 19, _, _) => false,
            (198, 51, 100, _) => false,
            (203, 0, 113, _) => false,
            (168, 63, 129, 16) => false,
            _ => true,
        };
    }

    private static (IPAddress First, IPAddress Last) Ends(IPNetwork block)
    {
        var bytes = block.BaseAddress.GetAddressBytes();
        for (var bit = block.PrefixLength; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] |= (byte)(0x80 >> (bit % 8));
        }

        return (block.BaseAddress, new IPAddress(bytes));
    }

    private static IPAddress? Step(IPAddress address, int step)
    {
        var bytes = address.GetAddressBytes();
        var number = new BigInteger(bytes, isUnsigned: true, isBigEndian: true) + step;
        var stepped = number.Sign < 0 ? [] : number.ToByteArray(isUnsigned: true, isBigEndian: true);
        return number.Sign < 0 || stepped.Length > bytes.Length
            ? null
            : new IPAddress([.. new byte[bytes.Length - stepped.Length], .. stepped]);
    }
}
