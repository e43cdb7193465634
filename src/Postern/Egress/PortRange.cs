using System.Globalization;

namespace Postern.Egress;

/// <summary>One entry of <c>egress.ports</c>: a port, or the ports from one to another.</summary>
internal readonly record struct PortRange(int First, int Last)
{
    public bool Contains(int port) => port >= First && port <= Last;

    /// <summary>Reads <c>443</c> or <c>8000-8999</c>; null when it is neither.</summary>
    public static PortRange? Parse(string text)
    {
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        return TryRead(dash < 0 ? text : text.AsSpan(0, dash), out var first)
            && TryRead(dash < 0 ? text : text.AsSpan(dash + 1), out var last)
            && first <= last
                ? new PortRange(first, last)
                : null;
    }

    private static bool TryRead(ReadOnlySpan<char> text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is >= 1 and <= 65535;
}
