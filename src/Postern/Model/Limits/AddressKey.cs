using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Postern.Model.Limits;

/// <summary>What an address is counted by: an IPv4 address alone, an IPv6 address with its /64, which one client has all of.</summary>
internal static class AddressKey
{
    private const ulong Mapped = 0xFFFF_0000_0000;

    public static UInt128 Of(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        plain.TryWriteBytes(bytes, out _);
        return plain.AddressFamily == AddressFamily.InterNetwork
            ? new UInt128(0, Mapped | BinaryPrimitives.ReadUInt32BigEndian(bytes))
            : new UInt128(BinaryPrimitives.ReadUInt64BigEndian(bytes), 0);
    }
}
