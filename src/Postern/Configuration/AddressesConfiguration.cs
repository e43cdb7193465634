using System.Net;

namespace Postern.Configuration;

/// <summary>Who may come in, by address. What is denied stays out, also where it is allowed.</summary>
public sealed record AddressesConfiguration
{
    /// <summary>Blocks whose addresses alone may come in; null: every address.</summary>
    public IReadOnlyList<IPNetwork>? Allow { get; init; }

    /// <summary>Blocks whose addresses may not.</summary>
    public IReadOnlyList<IPNetwork> Deny { get; init; } = [];

    /// <param name="address">IPv4 as IPv4, not as IPv6; null (no address of the Internet at all) passes no list.</param>
    internal bool Admits(IPAddress? address) => address is null
        ? Allow is null && Deny.Count == 0
        : !IsIn(Deny, address) && (Allow is null || IsIn(Allow, address));

    /// <summary>Whether one of the blocks holds the address.</summary>
    internal static bool IsIn(IReadOnlyList<IPNetwork> blocks, IPAddress address)
    {
        for (var index = 0; index < blocks.Count; index++)
        {
            if (blocks[index].Contains(address))
            {
                return true;
            }
        }

        return false;
    }
}
