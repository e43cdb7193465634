using System.Globalization;

namespace Postern.Egress;

/// <summary>
/// How the file descriptors that the process may have are shared out, before it runs out of them: a .NET process that has none left
/// dies. Three shares are for calls to the two ports (a proxied call has two sockets), two for callbacks.
/// </summary>
internal static class DescriptorLimit
{
    private const int Shares = 5;
    private const int SharesOfCallbacks = 2;

    // The runtime's own files, the store's, the name look-ups' and the listening sockets: 204 were seen.
    private const int Own = 256;

    private const int Unknown = int.MaxValue;

    private static readonly int limit = Soft(Read());

    /// <summary>The most connections a port may take at the same time.</summary>
    public static int ConnectionsOfPort { get; } = Connections(limit);

    /// <summary>The most sockets that callbacks may have open at the same time, those that are kept for the next one among them.</summary>
    public static int SocketsOfCallbacks { get; } = Sockets(limit);

    /// <summary>The soft limit of open files; <see cref="int.MaxValue"/> where it is not known or there is none.</summary>
    internal static int Soft(IEnumerable<string> limits) =>
        limits.FirstOrDefault(line => line.StartsWith("Max open files", StringComparison.Ordinal)) is { } line
        && int.TryParse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3], CultureInfo.InvariantCulture, out var soft)
            ? soft
            : Unknown;

    internal static int Connections(int soft) => soft == Unknown ? Unknown : Math.Max(1, (soft - Own) / Shares);

    internal static int Sockets(int soft) => soft == Unknown ? Unknown : Math.Max(2, (soft - Own) / Shares * SharesOfCallbacks);

    private static string[] Read()
    {
        try
        {
            // proc(5); the runtime has raised the soft limit to the hard one by now.
            return File.ReadAllLines("/proc/self/limits");
        }
        catch (IOException)
        {
            // Not Linux.
            return [];
        }
    }
}
