using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Postern.Egress;

/// <summary>One entry of <c>egress.allow</c>: a block of addresses, and the one port on them or every port.</summary>
/// <param name="Network">The block; an IPv4 block holds the IPv4-mapped addresses too.</param>
/// <param name="Port">The only port that may be dialled; null: every port.</param>
internal sealed record AllowedBlock(IPNetwork Network, int? Port)
{
    /// <summary>It names one address, not a range: the only way to allow a metadata address.</summary>
    public bool IsSingle => Network.PrefixLength == (Network.BaseAddress.AddressFamily == AddressFamily.InterNetwork ? 32 : 128);

    public bool Contains(IPAddress address, int port) => (Port is null || Port == port) && Network.Contains(address);

    /// <summary>
    /// Reads <c>10.1.0.0/16</c>, <c>10.1.0.0/16:8443</c>, <c>10.1.2.3</c>, <c>10.1.2.3:8443</c>, <c>fd00::/8</c>,
    /// <c>fd00::/8:8443</c>, <c>::1</c> or <c>[::1]:8443</c>.
    /// </summary>
    /// <param name="text">The entry as it was written.</param>
    /// <param name="block">What it says; null when it cannot be read.</param>
    /// <param name="error">What is wrong and what to write instead; null when it can be read.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out AllowedBlock? block, [NotNullWhen(false)] out string? error)
    {
        block = null;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var (addressText, lengthText, portText) = slash < 0 ? SplitAddress(text) : SplitBlock(text, slash);

        if (!IPAddress.TryParse(addressText, out var address) || !IsPlain(address, addressText))
        {
            error = $"\"{text}\" is not an address block; write one like 10.1.0.0/16, 10.1.0.0/16:8443, fd00::/8 or [::1]:8443.";
            return false;
        }

        if (address.IsIPv4MappedToIPv6)
        {
            error = $"\"{text}\" is an IPv4-mapped block; write it as IPv4, like 10.1.0.0/16.";
            return false;
        }

        var longest = address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        var length = longest;
        if (lengthText is not null && (!TryReadNumber(lengthText, out length) || length > longest))
        {
            error = $"\"{text}\": the length after the slash is a number from 0 to {longest}.";
            return false;
        }

        var port = 0;
        if (portText is not null && (!TryReadNumber(portText, out port) || port is < 1 or > 65535))
        {
            error = $"\"{text}\": the port is a number from 1 to 65535.";
            return false;
        }

        // IPNetwork would drop these bits without a word: the operator may have meant another length.
        var first = Mask(address, length);
        if (!first.Equals(address))
        {
            error = $"\"{text}\" has bits set after the first {length}; write {first}/{length}.";
            return false;
        }

        block = new AllowedBlock(new IPNetwork(first, length), portText is null ? null : port);
        error = null;
        return true;
    }

    private static (string Address, string? Length, string? Port) SplitBlock(string text, int slash)
    {
        var rest = text[(slash + 1)..];
        var colon = rest.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? (text[..slash], rest, null) : (text[..slash], rest[..colon], rest[(colon + 1)..]);
    }

    private static (string Address, string? Length, string? Port) SplitAddress(string text)
    {
        if (text.StartsWith('[') && text.IndexOf(']', StringComparison.Ordinal) is > 0 and var end)
        {
            return end == text.Length - 1 ? (text[1..end], null, null)
                : text[end + 1] == ':' ? (text[1..end], null, text[(end + 2)..])
                : (text, null, null);
        }

        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var isV4WithPort = colon >= 0 && text.IndexOf(':', colon + 1) < 0;
        return isV4WithPort ? (text[..colon], null, text[(colon + 1)..]) : (text, null, null);
    }

    // 10.1 would be read as 10.0.0.1 and 010.0.0.1 as 8.0.0.1: an operator means neither. Scopes have no place in a block.
    private static bool IsPlain(IPAddress address, string text) => address.AddressFamily == AddressFamily.InterNetwork
        ? address.ToString() == text
        : address.ScopeId == 0 && !text.Contains('%', StringComparison.Ordinal);

    private static bool TryReadNumber(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private static IPAddress Mask(IPAddress address, int length)
    {
        var bytes = address.GetAddressBytes();
        for (var bit = length; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        }

        return new IPAddress(bytes);
    }
}
