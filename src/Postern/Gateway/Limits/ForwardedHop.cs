using System.Buffers;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Postern.Gateway.Limits;

/// <summary>What one proxy says of whoever called it. Null is what it does not say, or not in a form that can be used.</summary>
internal readonly record struct ForwardedHop(IPAddress? For, string? Scheme, string? Host)
{
    public const string List = "X-Forwarded-For";

    /// <summary>RFC 7239.</summary>
    public const string StandardList = "Forwarded";

    private const int MaxHostLength = 260;

    private static readonly SearchValues<char> HostCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_~:[]");

    /// <summary>By the three <c>X-Forwarded-</c> fields. Some proxies add to all of them, others replace scheme and host: their lists end at the same proxy, on the right.</summary>
    public static List<ForwardedHop> Listed(IHeaderDictionary headers)
    {
        var (addresses, schemes, hosts) = (Items(headers[List]), Items(headers["X-Forwarded-Proto"]), Items(headers["X-Forwarded-Host"]));
        var count = addresses.Count > 0 ? addresses.Count : Math.Min(1, Math.Max(schemes.Count, hosts.Count));
        var hops = new List<ForwardedHop>(count);
        for (var fromRight = count; fromRight > 0; fromRight--)
        {
            hops.Add(new ForwardedHop(
                addresses.Count == 0 ? null : Parse(addresses[^fromRight]),
                SchemeOf(FromRight(schemes, fromRight)),
                HostOf(FromRight(hosts, fromRight))));
        }

        return hops;
    }

    public static List<ForwardedHop> Standard(IHeaderDictionary headers)
    {
        var hops = new List<ForwardedHop>();
        foreach (var field in headers[StandardList])
        {
            foreach (var element in SplitOutsideQuotes(field ?? "", ','))
            {
                var pairs = SplitOutsideQuotes(element, ';');
                hops.Add(new ForwardedHop(Find(pairs, "for=") is { } node ? Parse(node) : null, SchemeOf(Find(pairs, "proto=")), HostOf(Find(pairs, "host="))));
            }
        }

        return hops;
    }

    /// <summary>IPv4 that was written as IPv6 means the same address.</summary>
    public static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private static List<string> Items(StringValues fields)
    {
        var items = new List<string>();
        foreach (var field in fields)
        {
            items.AddRange((field ?? "").Split(',', StringSplitOptions.TrimEntries));
        }

        return items;
    }

    private static string? FromRight(List<string> items, int place) => items.Count == 0 ? null : items[^Math.Min(place, items.Count)];

    private static string? Find(List<string> pairs, string name) =>
        pairs.Select(static pair => pair.Trim()).FirstOrDefault(pair => pair.StartsWith(name, StringComparison.OrdinalIgnoreCase))?[name.Length..].Trim('"');

    private static string? SchemeOf(string? text) =>
        Uri.UriSchemeHttps.Equals(text, StringComparison.OrdinalIgnoreCase) ? Uri.UriSchemeHttps
        : Uri.UriSchemeHttp.Equals(text, StringComparison.OrdinalIgnoreCase) ? Uri.UriSchemeHttp
        : null;

    private static string? HostOf(string? text) =>
        text is { Length: > 0 and <= MaxHostLength } && !text.AsSpan().ContainsAnyExcept(HostCharacters) ? text : null;

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
