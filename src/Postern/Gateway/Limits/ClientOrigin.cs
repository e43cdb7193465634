using System.Net;
using Microsoft.AspNetCore.Http;
using Postern.Configuration;
using Postern.Operations;

namespace Postern.Gateway.Limits;

/// <summary>
/// Whom a call comes from, and how that one called: as the peer, or as trusted proxies say. Read from right to left, the side that each
/// proxy adds to: the first address that is no trusted proxy is the client, and what stands left of it anybody can have written.
/// </summary>
/// <param name="Address">IPv4 as IPv4; null where the peer has none.</param>
/// <param name="Scheme"><c>http</c> or <c>https</c>, as the proxy that the client called says; null where it does not.</param>
/// <param name="Host">What the client asked that proxy for; null where it does not say.</param>
internal readonly record struct ClientOrigin(IPAddress? Address, string? Scheme, string? Host)
{
    /// <exception cref="ProblemException">The two fields name different clients: one of them is not the proxy's own.</exception>
    public static ClientOrigin Of(IPAddress? peer, IHeaderDictionary headers, IReadOnlyList<IPNetwork> trusted)
    {
        var address = peer is null ? null : ForwardedHop.Plain(peer);
        if (trusted.Count == 0 || address is null || !AddressesConfiguration.IsIn(trusted, address))
        {
            return new ClientOrigin(address, null, null);
        }

        var (listed, standard) = (Follow(address, ForwardedHop.Listed(headers), trusted), Follow(address, ForwardedHop.Standard(headers), trusted));
        var (byList, byStandard) = (headers.ContainsKey(ForwardedHop.List), headers.ContainsKey(ForwardedHop.StandardList));
        if (byList && byStandard && !listed.Address!.Equals(standard.Address))
        {
            throw Problems.Malformed("X-Forwarded-For and Forwarded name different clients: the proxy in front must set one of them and remove the other.");
        }

        return new ClientOrigin(byStandard ? standard.Address : listed.Address, listed.Scheme ?? standard.Scheme, listed.Host ?? standard.Host);
    }

    private static ClientOrigin Follow(IPAddress peer, List<ForwardedHop> hops, IReadOnlyList<IPNetwork> trusted)
    {
        var client = new ClientOrigin(peer, null, null);
        for (var index = hops.Count - 1; index >= 0 && AddressesConfiguration.IsIn(trusted, client.Address!); index--)
        {
            var hop = hops[index];
            client = new ClientOrigin(hop.For ?? client.Address, hop.Scheme, hop.Host);
            if (hop.For is null)
            {
                // Somebody it does not name ("unknown", "_hidden"): the one who says so is the last that is known.
                return client;
            }
        }

        return client;
    }
}
