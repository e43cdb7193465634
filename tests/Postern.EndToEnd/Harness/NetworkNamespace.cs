using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Microsoft.Win32.SafeHandles;

namespace Postern.EndToEnd.Harness;

/// <summary>
/// A network with nothing in it, in which every address of the world is this machine: whatever a process in it dials, a socket of the
/// scenario answers, and nothing leaves the machine.
/// </summary>
internal sealed partial class NetworkNamespace : IAsyncDisposable
{
    private readonly ChildProcess holder;

    private NetworkNamespace(ChildProcess holder) => this.holder = holder;

    /// <summary>What starts a program in it.</summary>
    public IReadOnlyList<string> Prefix => ["nsenter", $"--net={Path}"];

    private string Path => $"/proc/{holder.Id}/ns/net";

    /// <param name="unwatched">Connections that are expected, as conditions of nft(8); every other one is counted.</param>
    public static Task<NetworkNamespace> StartAsync(ScratchDirectory scratch, params IEnumerable<string> unwatched) => StartAsync(scratch, null, unwatched);

    /// <param name="address">What whoever is called in it sees as the caller's; null: the address that was called.</param>
    /// <param name="unwatched">Connections that are expected, as conditions of nft(8); every other one is counted.</param>
    public static async Task<NetworkNamespace> StartAsync(ScratchDirectory scratch, IPAddress? address, IEnumerable<string> unwatched)
    {
        var rules = await scratch.WriteAsync(
            "nft",
            $$"""
            table inet guard {
              counter forbidden { }
              chain out {
                type filter hook output priority 0;
                udp dport 53 accept
                udp sport 53 accept
                meta l4proto { icmp, icmpv6 } accept
                tcp flags & (syn | ack) != syn accept
                {{string.Join("\n", unwatched.Select(static condition => $"{condition} accept"))}}
                counter name forbidden
              }
            }
            """);
        var (own, source) = address is null ? ("true", "") : ($"ip addr add {address}/32 dev lo", $" src {address}");
        var holder = ChildProcess.Start(
            "unshare",
            ["--net", "sh", "-c", $"ip link set lo up && {own} && ip route add local default dev lo{source} && ip -6 route add local default dev lo && nft -f {rules} && echo ready && exec sleep infinity"]);
        await Eventually.TrueAsync(
            () => holder.Output.Contains("ready", StringComparison.Ordinal), () => $"the network namespace stands; it printed:\n{holder.Log}");
        return new NetworkNamespace(holder);
    }

    /// <summary>Makes sockets that live in it; whoever holds them may use them from anywhere.</summary>
    public T Inside<T>(Func<T> make)
    {
        // A thread enters and never comes back: it ends with what it was made for.
        T made = default!;
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                using var space = File.OpenHandle(Path);
                Assert.Equal(0, EnterNetwork(space, 0));
                made = make();
            }
            catch (Exception exception)
            {
                failure = exception;
            }
        });
        thread.Start();
        thread.Join();
        return failure is null ? made : throw new InvalidOperationException("No socket can be made in the network namespace.", failure);
    }

    /// <summary>For a client of a server in it.</summary>
    public SocketsHttpHandler NewHandler() => new()
    {
        ConnectCallback = async (context, cancellation) =>
        {
            var socket = Inside(static () => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true });
            await socket.ConnectAsync(IPAddress.Parse(context.DnsEndPoint.Host), context.DnsEndPoint.Port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        },
    };

    /// <summary>Packets that opened a connection, or needed none, and were not expected; questions for names are.</summary>
    public async Task<int> ForbiddenPacketsAsync()
    {
        await using var nft = ChildProcess.Start("nsenter", [$"--net={Path}", "nft", "list", "counter", "inet", "guard", "forbidden"]);
        Assert.Equal(0, await nft.WaitForExitAsync());
        return int.Parse(Packets().Match(nft.Output).Groups[1].ValueSpan, CultureInfo.InvariantCulture);
    }

    public ValueTask DisposeAsync() => holder.DisposeAsync();

    [GeneratedRegex("packets ([0-9]+)")]
    private static partial Regex Packets();

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int EnterNetwork(SafeFileHandle space, int kind);
}
