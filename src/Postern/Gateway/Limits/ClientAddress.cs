using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Postern.Configuration;
using Postern.Operations;

namespace Postern.Gateway.Limits;

/// <summary>
/// Whom a call comes from: the peer, or whom trusted proxies say they call for. Read from right to left, the side that each
/// proxy adds to: the first address that is no trusted proxy is the client, and what stands left of it anybody can have written.
/// </summary>
internal static class ClientAddress
{
    public const string List = "X-Forwarded-For";

    /// <summary>RFC 7239.</summary>
    public const string Standard = "Forwarded";

    /// <summary>The address, IPv4 as IPv4; null where the peer has none.</summary>
    /// <exception cref="ProblemException">The two fields name different clients: one of them is not the proxy's own.</exception>
    public static IPAddress? Of(IPAddress? peer, IHeaderDictionary headers, IReadOnlyList<IPNetwork> trusted)
    {
        var address = peer is null ? null : Plain(peer);
        if (trusted.Count == 0 || address is null || !AddressesConfiguration.IsIn(trusted, address))
        {
            return address;
        }

        var (list, standard) = (headers[List], headers[Standard]);
        var byList = list.Count == 0 ? null : Follow(address, Hops(list), trusted);
        var byStandard = standard.Count == 0 ? null : Follow(address, StandardHops(standard), trusted);
        return byList is not null && byStandard is not null && !byList.Equals(byStandard)
            ? throw Problems.Malformed("X-Forwarded-For and Forwarded name different clients: the proxy in front must set one of them and remove the other.")
            : byList ?? byStandard ?? address;
    }

    /// <summary>IPv4 that was written as IPv6 means the same address.</summary>
    public static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private static IPAddress Follow(IPAddress peer, List<IPAddress?> hops, IReadOnlyList<IPNetwork> trusted)
    {
        var client = peer;
        for (var index = hops.Count - 1; index >= 0 && AddressesConfiguration.IsIn(trusted, client); index--)
        {
            if (hops[index] is not { } hop)
            {
                // Somebody it does not name ("unknown", "_hidden"): the one who says so is the last that is known.
                return client;
            }

            client = hop;
        }

        return client;
    }

    private static List<IPAddress?> Hops(StringValues fields)
    {
        var hops = new List<IPAddress?>();
        foreach (var field in fields)
        {
            hops.AddRange((field ?? "").Split(',').Select(static hop => Parse(hop.Trim())));
        }

        return hops;
    }

    private static List<IPAddress?> StandardHops(StringValues fields)
    {
        var hops = new List<IPAddress?>();
        foreach (var field in fields)
        {
            foreach (var element in SplitOutsideQuotes(field ?? "", ','))
            {
                var node = SplitOutsideQuotes(element, ';').Select(static pair => pair.Trim())
                    .FirstOrDefault(static pair => pair.StartsWith("for=", StringComparison.OrdinalIgnoreCase));
                hops.Add(node is null ? null : Parse(node["for=".Length..].Trim('"')));
            }
        }

        return hops;
    }

    private static List<string> SplitOutsideQuotes(string text, char separator)
    {
        var parts = new List<string>();
        var (start, quoted) = (0, false);
        for (var index = 0; index < text.Length; index++)
        {
            quoted ^= text[index] == '"';
            if (text[index] == separator && !quoted)
            {
                parts.Add(text[start..index]);
                start = index + 1;
            }
        }

        parts.Add(text[start..]);
        return parts;
    }

    /// <summary><c>192.0.2.1</c>, <c>192.0.2.1:4711</c>, <c>2001:db8::1</c>, <c>[2001:db8::1]:4711</c>; null for what is none of them.</summary>
    private static IPAddress? Parse(string text)
    {
        var end = text.IndexOf(']', StringComparison.Ordinal);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var address = text.StartsWith('[') && end > 0 ? text[1..end]
            : colon > 0 && colon == text.LastIndexOf(':') ? text[..colon]
            : text;

        // 10.1 would be read as 10.0.0.1, and 010.0.0.1 as 8.0.0.1.
        return IPAddress.TryParse(address, out var parsed) && !address.Contains('%', StringComparison.Ordinal)
            && (address.Contains(':', StringComparison.Ordinal) || parsed.ToString() == address)
            ? Plain(parsed)
            : null;
    }
}
