using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Postern.Server.CrashTest;

/// <summary>Where a run keeps its files, which ports it takes, and the configuration of its node.</summary>
internal sealed class NodeFiles : IDisposable
{
    /// <summary>Attempts under way at one endpoint: with the windows a lane has at once, the bound on duplicates of a crash at it.</summary>
    public const int Concurrency = 16;

    /// <summary>How long the node waits for an answer.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(8);

    public static readonly string[] Consumers = ["alpha", "beta"];

    private const int FirstPort = 10_000;
    private const int EndPort = 32_768;
    private const int BlockSize = 16;
    private static readonly string Key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
    private readonly Socket guard;
    private int next;

    /// <param name="store">URL of a database; null: a file of its own.</param>
    public NodeFiles(string directory, string? store, Random random)
    {
        Folder = directory;
        StoreFile = store is null ? Path.Combine(directory, "data", "postern.db") : null;
        Store = store ?? $"sqlite:{StoreFile}";
        Directory.CreateDirectory(directory);
        guard = TakeBlock(random);
        next = ((IPEndPoint)guard.LocalEndPoint!).Port + 1;
        Gateway = Address();
        Admin = Address();
        Upstream = Address();
        Endpoints = [.. Enum.GetValues<EndpointKind>().Select(_ => Address())];
    }

    public string Folder { get; }
    public string Gateway { get; }
    public string Admin { get; }
    public string Upstream { get; }

    /// <summary>Addresses of the receiver, by <see cref="EndpointKind"/>.</summary>
    public IReadOnlyList<string> Endpoints { get; }

    public string Configuration => Path.Combine(Folder, "postern.yaml");
    public string Store { get; }

    /// <summary>Null: the store is a database.</summary>
    public string? StoreFile { get; }

    public string Log => Path.Combine(Folder, "node.log");
    public string Intents => Path.Combine(Folder, "intents.journal");
    public string Acknowledgements => Path.Combine(Folder, "acknowledgements.journal");
    public string Receipts => Path.Combine(Folder, "receipts.journal");

    public static string KeyOf(string consumer) => $"crash-test-{consumer}";

    /// <param name="retry">When callbacks are tried again, as <c>callbacks.retry</c> takes it.</param>
    /// <param name="mostBytes">From what size of the store on its oldest attempts expire; null: never.</param>
    public void WriteConfiguration(string retry, string? mostBytes) => File.WriteAllText(
        Configuration,
        $$"""
        gateway: { listen: {{Gateway}} }
        admin: { listen: {{Admin}} }
        store: {{Store}}
        secrets: { key: {{Key}} }
        {{(mostBytes is null ? "" : $"retention: {{ maxBytes: {mostBytes} }}")}}
        egress: { allow: [127.0.0.0/8] }
        callbacks: { concurrency: {{Concurrency}}, timeout: {{Timeout.TotalSeconds}}s, retry: {{retry}} }
        apis:
          load: { upstream: {{Upstream}} }
          proved: { upstream: {{Upstream}}, path: /proved, verify: challenge }
        consumers:
        {{string.Join('\n', Consumers.Select(name => $"  {name}: {{ scopes: [subscribe, publish], credentials: [{{ type: api-key, key: {KeyOf(name)} }}] }}"))}}
        """);

    public void Dispose() => guard.Dispose();

    private string Address()
    {
        var address = $"http://127.0.0.1:{next}";
        next++;
        return address;
    }

    /// <summary>A block of ports that are all free; its first one stays bound, so that no other run takes the block while the node is down.</summary>
    private static Socket TakeBlock(Random random)
    {
        while (true)
        {
            // Below the ephemeral range, where an outgoing connection cannot hold them while the node is down.
            var first = FirstPort + random.Next((EndPort - FirstPort) / BlockSize) * BlockSize;
            if (TryBind(first) is not { } guard)
            {
                continue;
            }

            if (Enumerable.Range(first + 1, BlockSize - 1).All(IsFree))
            {
                return guard;
            }

            guard.Dispose();
        }
    }

    private static bool IsFree(int port)
    {
        using var probe = TryBind(port);
        return probe is not null;
    }

    private static Socket? TryBind(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return socket;
        }
        catch (SocketException)
        {
            // Taken by somebody else.
            socket.Dispose();
            return null;
        }
    }
}
