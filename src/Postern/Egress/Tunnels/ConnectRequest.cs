using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Postern.Egress.Tunnels;

/// <summary>What a node asks an egress listener for: <c>CONNECT host:port</c> (RFC 9110 §9.3.6), on a connection that takes nothing else.</summary>
/// <param name="Host">A name or an address; IPv6 without its brackets.</param>
/// <param name="Tls">What is sent through the tunnel is TLS: the guard judges by it.</param>
internal sealed record ConnectRequest(string Host, int Port, bool Tls)
{
    /// <summary>Longest head that is read.</summary>
    public const int MaxHead = 4 * 1024;

    /// <summary>Says that plain HTTP goes through the tunnel; without it, TLS does.</summary>
    private const string PlainField = "Postern-Plain";

    private const string Version = "HTTP/1.1";

    private const int LongestHost = 255;

    private static readonly SearchValues<byte> Text = SearchValues.Create([.. Enumerable.Range(' ', '~' - ' ' + 1).Select(static code => (byte)code), (byte)'\r', (byte)'\n']);

    private static readonly SearchValues<char> Name = SearchValues.Create("-ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");

    private string Authority => $"{(Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}:{Port}";

    public byte[] Write() => Encoding.ASCII.GetBytes(
        $"CONNECT {Authority} {Version}\r\nHost: {Authority}\r\nUser-Agent: {EgressAgent.Name}\r\n{(Tls ? "" : PlainField + ": 1\r\n")}\r\n");

    /// <summary>Reads a head, its empty line left out. Whatever is not plainly such a request is none: nothing of it is guessed.</summary>
    /// <returns>Null, and the status to refuse it with, where it is none.</returns>
    public static (ConnectRequest? Request, int Status) Read(ReadOnlySpan<byte> head)
    {
        if (head.ContainsAnyExcept(Text))
        {
            return (null, 400);
        }

        // A line feed alone ends no line (RFC 9112 §2.2).
        var lines = Encoding.ASCII.GetString(head).Split("\r\n");
        if (Array.Exists(lines, static line => line.AsSpan().ContainsAny('\r', '\n')) || lines[0].Split(' ') is not [var method, var target, var version])
        {
            return (null, 400);
        }

        if (version != Version)
        {
            return (null, version.StartsWith("HTTP/", StringComparison.Ordinal) ? 505 : 400);
        }

        if (method != "CONNECT")
        {
            return (null, 405);
        }

        return ReadTarget(target) is var (host, port) && ReadFields(lines.AsSpan(1), target) is { } plain
            ? (new ConnectRequest(host, port, !plain), 200)
            : (null, 400);
    }

    // RFC 9112 §3.2.3: the authority form alone, its port never left out.
    private static (string Host, int Port)? ReadTarget(string target)
    {
        var colon = target.LastIndexOf(':');
        if (colon < 1 || !int.TryParse(target.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is < 1 or > 65535)
        {
            return null;
        }

        var host = target[..colon];
        if (host.StartsWith('['))
        {
            return host.EndsWith(']') && IPAddress.TryParse(host[1..^1], out var address) && address is { AddressFamily: AddressFamily.InterNetworkV6, ScopeId: 0 } ? (address.ToString(), port) : null;
        }

        return host.Length <= LongestHost && host.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '.' or '_') ? (host, port) : null;
    }

    /// <returns>Whether plain HTTP goes through it; null where a field says what this request cannot have.</returns>
    private static bool? ReadFields(ReadOnlySpan<string> lines, string target)
    {
        var (hosts, plain) = (0, false);
        foreach (var line in lines)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon < 1 || line.AsSpan(0, colon).ContainsAnyExcept(Name))
            {
                return null;
            }

            var (name, value) = (line[..colon], line[(colon + 1)..].Trim(' '));
            if (name.Equals("Host", StringComparison.OrdinalIgnoreCase))
            {
                hosts++;
                if (!value.Equals(target, StringComparison.OrdinalIgnoreCase))
                {
                    return null;
                }
            }
            else if (name.Equals(PlainField, StringComparison.OrdinalIgnoreCase))
            {
                plain = true;
            }
            else if (name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase) || name.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase))
            {
                // §9.3.6: the request has no content; what follows is the tunnel's.
                return null;
            }
        }

        return hosts == 1 ? plain : null;
    }
}
