using System.Globalization;

namespace Postern.Gateway;

/// <summary>How many connections the process may take before it runs out of file descriptors: a .NET process that has none left dies.</summary>
internal static class DescriptorLimit
{
    // A proxied call has two sockets, each of the two ports takes so many, and callbacks and the store need the rest.
    private const int ShareOfConnections = 5;

    // The runtime's own files, the store's and the listening sockets: 204 were seen.
    private const int Own = 256;

    private const int Unknown = int.MaxValue;

    /// <summary>The most connections a port may take at the same time.</summary>
    public static int ConnectionsOfPort { get; } = Connections(Read());

    internal static int Connections(IEnumerable<string> limits) =>
        limits.FirstOrDefault(line => line.StartsWith("Max open files", StringComparison.Ordinal)) is { } line
        && int.TryParse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3], CultureInfo.InvariantCulture, out var soft)
            ? Math.Max(1, (soft - Own) / ShareOfConnections)
            : Unknown;

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
