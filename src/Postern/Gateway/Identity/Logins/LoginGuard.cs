using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Postern.Operations;

namespace Postern.Gateway.Identity.Logins;

/// <summary>
/// Counts logins before their password is hashed, by user name and by address, whoever they name: known and unknown users are the
/// same here. One that succeeds is given back. It outlives a change of the configuration, or each would forgive what was tried.
/// </summary>
internal sealed class LoginGuard(TimeProvider time)
{
    private readonly LoginAllowance names = new(burst: 10, TimeSpan.FromSeconds(2), time);
    private readonly LoginAllowance addresses = new(burst: 50, TimeSpan.FromMilliseconds(200), time);

    /// <exception cref="ProblemException">429: too many have failed for this name or from this address.</exception>
    public void Enter(string name, IPAddress? address)
    {
        var place = PlaceOf(address);
        if (addresses.Take(place) is { } wait)
        {
            throw TooMany(wait);
        }

        if (names.Take(name.GetHashCode(StringComparison.Ordinal)) is { } longer)
        {
            addresses.GiveBack(place);
            throw TooMany(longer);
        }
    }

    public void Forgive(string name, IPAddress? address)
    {
        names.GiveBack(name.GetHashCode(StringComparison.Ordinal));
        addresses.GiveBack(PlaceOf(address));
    }

    // One host has a whole /64 of IPv6 to come from.
    private static int PlaceOf(IPAddress? address)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (address is null || !address.TryWriteBytes(bytes, out _))
        {
            return 0;
        }

        return address.AddressFamily == AddressFamily.InterNetworkV6 && !address.IsIPv4MappedToIPv6
            ? HashCode.Combine(BinaryPrimitives.ReadInt64LittleEndian(bytes))
            : HashCode.Combine((address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).GetHashCode());
    }

    private static ProblemException TooMany(TimeSpan wait) => new(
        Problems.Make(429, "too-many-logins", "Too many logins have failed", "The password was not looked at. Wait for Retry-After, and look which credentials are sent."),
        wait);
}
