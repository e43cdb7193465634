using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Postern.Configuration.Shapes;
using Postern.Model;

namespace Postern.Configuration.Values;

/// <summary>Addresses: where to listen, where an API is, what may be dialled.</summary>
internal static class Addresses
{
    /// <summary>An address to listen on, as <c>http://HOST:PORT</c> or <c>https://HOST:PORT</c>.</summary>
    public static Parsed<string> Listen(string text)
    {
        if (text.Contains("://*", StringComparison.Ordinal) || text.Contains("://+", StringComparison.Ordinal))
        {
            return Parsed.No<string>("is not an address: write http://0.0.0.0:PORT for every IPv4 address, http://[::]:PORT for every address.");
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Host.Length == 0)
        {
            return Parsed.No<string>("is not an address to listen on: write http://127.0.0.1:8080.");
        }

        if (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps)
        {
            return Parsed.No<string>($"starts with {uri.Scheme}: write http://HOST:PORT, or https://HOST:PORT with a certificate.");
        }

        if (uri.HostNameType is not (UriHostNameType.IPv4 or UriHostNameType.IPv6) && !IsLocalhost(uri))
        {
            return Parsed.No<string>("names a host: give an IP address of this machine, or localhost.");
        }

        return uri.PathAndQuery == "/" && uri.Fragment.Length == 0 && uri.UserInfo.Length == 0
            ? uri.GetLeftPart(UriPartial.Authority)
            : Parsed.No<string>("has more than host and port: the gateway's port takes every path; use apis.NAME.path.");
    }

    /// <summary>An address to listen on with TLS.</summary>
    public static Parsed<string> SecureListen(string text) => Listen(text) is { Problem: null } read && !IsHttps(read.Value!)
        ? Parsed.No<string>("speaks no TLS: write https://HOST:PORT.")
        : Listen(text);

    /// <summary>The address of a gateway's egress listener.</summary>
    public static Parsed<string> SecureEndpoint(string text) => Endpoint(text) is { Problem: null } read && !IsHttps(read.Value!)
        ? Parsed.No<string>("speaks no TLS: write https://HOST:PORT.")
        : Endpoint(text);

    /// <summary>The address of an API, without a trailing slash.</summary>
    public static Parsed<string> Upstream(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.Host.Length == 0)
        {
            return Parsed.No<string>("is not the address of an API: write http://HOST:PORT or https://HOST, with a base path if it has one.");
        }

        if (uri.UserInfo.Length > 0 || uri.Query.Length > 0 || uri.Fragment.Length > 0)
        {
            return Parsed.No<string>("has a user, a query or a fragment: an upstream is scheme, host, port and base path only.");
        }

        return text.TrimEnd('/');
    }

    /// <summary>The operator's own proxy: <c>http://HOST:PORT</c>, with user name and password before the host where it asks for them.</summary>
    public static Parsed<string> Proxy(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttp && uri.IdnHost.Length > 0 && uri.PathAndQuery == "/" && uri.Fragment.Length == 0
            ? text
            : Parsed.No<string>("is not the address of a proxy: write http://HOST:PORT, or http://USER:PASSWORD@HOST:PORT.");

    /// <summary>The address of a document that is fetched.</summary>
    public static Parsed<string> Document(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri is { Scheme: "http" or "https", Host.Length: > 0, UserInfo.Length: 0, Fragment.Length: 0 }
            ? text
            : Parsed.No<string>("is not the address of a document: write https://HOST/PATH, without a user or a fragment.");

    /// <summary>ECMA-262 expression of <see cref="Endpoint"/>, for the schema.</summary>
    public const string EndpointPattern = "^https?://[^/?#@]+/?$";

    /// <summary>An endpoint: scheme, host and port, <c>https://example.com:443</c>; the scheme's own port may be left out.</summary>
    public static Parsed<string> Endpoint(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.Host.Length == 0)
        {
            return Parsed.No<string>("is not an endpoint: write https://HOST:PORT.");
        }

        return uri.PathAndQuery == "/" && uri.Fragment.Length == 0 && uri.UserInfo.Length == 0
            ? EndpointName.Of(uri)
            : Parsed.No<string>("has more than scheme, host and port: an endpoint is all of a host's paths together.");
    }

    /// <summary>A block that may be dialled, as <c>ADDRESS/LENGTH</c> or <c>ADDRESS/LENGTH:PORT</c>; a single address is a block of one.</summary>
    public static Parsed<string> Block(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0)
        {
            // A bare IPv6 address has colons of its own: its port needs brackets.
            return IPEndPoint.TryParse(text, out var single) && IsPlain(single.Address, text.Split(':')[0])
                ? $"{single.Address}/{Bits(single.Address)}{(single.Port > 0 ? $":{single.Port}" : "")}"
                : NoBlock();
        }

        var colon = text.IndexOf(':', slash);
        var length = colon < 0 ? text.AsSpan(slash + 1) : text.AsSpan(slash + 1, colon - slash - 1);
        if (!IPAddress.TryParse(text.AsSpan(0, slash), out var address)
            || !IsPlain(address, text[..slash])
            || !int.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out var bits) || bits > Bits(address))
        {
            return NoBlock();
        }

        if (colon >= 0 && (!ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port == 0))
        {
            return Parsed.No<string>("has a port that is none: write 10.1.0.0/16:8443, port 1 to 65535.");
        }

        var start = First(address, bits);
        return start.Equals(address)
            ? text
            : Parsed.No<string>(
                $"has bits set behind the first {bits}: the block starts at {start}/{bits}; a single address is {address}/{Bits(address)}.");
    }

    /// <summary>A block without a port; a single address is a block of one.</summary>
    public static Parsed<IPNetwork> Network(string text)
    {
        var block = Block(text);
        if (block.Problem is { } problem)
        {
            return Parsed.No<IPNetwork>(IPAddress.TryParse(text.Split('/')[0], out _) && problem.StartsWith("has ", StringComparison.Ordinal)
                ? problem
                : "is not a block of addresses: write 10.1.0.0/16, fd00::/8 or 192.0.2.7.");
        }

        return IPNetwork.TryParse(block.Value, out var network) ? network : Parsed.No<IPNetwork>("has a port: a block here is of addresses alone, 10.1.0.0/16.");
    }

    /// <summary>Whether what listens there speaks TLS.</summary>
    public static bool IsHttps(string listen) => new Uri(listen).Scheme == Uri.UriSchemeHttps;

    /// <summary>Whether nobody but this machine reaches it.</summary>
    public static bool IsLoopback(string listen) =>
        new Uri(listen) is var uri && (IsLocalhost(uri) || (IPAddress.TryParse(uri.DnsSafeHost, out var address) && IPAddress.IsLoopback(address)));

    /// <summary>Whether both want the same port of the same address; port 0 is a free one each time.</summary>
    public static bool Collide(string listen, string other)
    {
        var (first, second) = (new Uri(listen), new Uri(other));
        return first.Port == second.Port && first.Port != 0
            && (IsAny(first) || IsAny(second)
                || string.Equals(first.Host, second.Host, StringComparison.OrdinalIgnoreCase)
                || (IsLocalhost(first) && IsLoopback(other)) || (IsLocalhost(second) && IsLoopback(listen)));
    }

    /// <summary>Whether a call of <paramref name="url"/> comes to what listens there, as far as can be told without asking for names: <c>http://shop:8080</c> is another host.</summary>
    public static bool Reaches(string url, string listen)
    {
        var (called, own) = (new Uri(url), new Uri(listen));
        return called.Port == own.Port && own.Port != 0
            && (string.Equals(called.Host, own.Host, StringComparison.OrdinalIgnoreCase)
                || ((IsAny(called) || IsLocalhost(called)) && (IsAny(own) || IsLoopback(listen)))
                || (IsLoopback(url) && (IsAny(own) || IsLocalhost(own))));
    }

    private static Parsed<string> NoBlock() =>
        Parsed.No<string>("is not a block of addresses: write 10.1.0.0/16, 10.1.0.0/16:8443 for one port, or fd00::/8.");

    // 10.1 would be read as 10.0.0.1 and 010.0.0.1 as 8.0.0.1. Scopes and IPv4 written as IPv6 have no place in a block.
    private static bool IsPlain(IPAddress address, string text) => address.AddressFamily == AddressFamily.InterNetwork
        ? address.ToString() == text
        : address.ScopeId == 0 && !address.IsIPv4MappedToIPv6 && !text.Contains('%', StringComparison.Ordinal);

    private static bool IsLocalhost(Uri uri) => string.Equals(uri.Host, "localhost", StringComparison.OrdinalIgnoreCase);

    private static bool IsAny(Uri uri) =>
        IPAddress.TryParse(uri.DnsSafeHost, out var address) && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any));

    private static int Bits(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;

    private static IPAddress First(IPAddress address, int bits)
    {
        var bytes = address.GetAddressBytes();
        for (var index = 0; index < bytes.Length; index++)
        {
            var kept = Math.Clamp(bits - (index * 8), 0, 8);
            bytes[index] &= (byte)(0xFF00 >> kept);
        }

        return new IPAddress(bytes);
    }
}
