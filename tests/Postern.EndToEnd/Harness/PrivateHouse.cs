using System.Net;
using System.Security.Cryptography.X509Certificates;
using Postern.Tests;

namespace Postern.EndToEnd.Harness;

/// <summary>
/// A worker in a private network and a gateway outside, on one store, and a receiver that is outside as well. From the inside there are
/// two ways out: to the database, and to the gateway's egress listener.
/// </summary>
internal sealed class PrivateHouse : IAsyncDisposable
{
    public const string Receiver = "hook.test";

    /// <summary>What whoever is called from there sees.</summary>
    public static readonly IPAddress GatewayAddress = IPAddress.Parse("198.51.100.1");
    private static readonly IPAddress WorkerAddress = IPAddress.Parse("10.20.30.40");
    private static readonly IPEndPoint Hook = new(IPAddress.Parse("203.0.113.9"), 8443);

    private readonly ScratchDirectory scratch = new();
    private readonly TestAuthority nodes = new();
    private readonly TestAuthority receivers = new();
    private readonly List<IAsyncDisposable> parts = [];
    private GatewaySetup outside = null!;
    private Launch outsideLaunch = null!;

    public NetworkNamespace Inside { get; private set; } = null!;

    /// <summary>Calls back; it has the other roles as well, for when there is no gateway.</summary>
    public RunningGateway Worker { get; private set; } = null!;

    public RunningGateway Gateway { get; private set; } = null!;

    public PublicReceiver Called { get; private set; } = null!;

    public static string Callback => $"https://{Receiver}:{Hook.Port}/hook";

    public static void Require()
    {
        Requires.PostgreSql();
        Requires.Root();
        Requires.Tool("unshare", "--version");
        Requires.Tool("nft", "--version");
        Requires.Tool("ip", "-V");
    }

    /// <summary>Starts the worker, and what it needs but the gateway.</summary>
    public static async Task<PrivateHouse> StartAsync()
    {
        var house = new PrivateHouse();
        try
        {
            await house.BeginAsync();
            return house;
        }
        catch
        {
            await house.DisposeAsync();
            throw;
        }
    }

    public async Task StartGatewayAsync() => Gateway = await RunningGateway.StartAsync(outside, outsideLaunch);

    /// <summary>A counter of a node, over those of its rows that say this.</summary>
    public static async Task<long> CountAsync(RunningGateway node, string name, string label = "") => (await node.AdminTextAsync("/metrics")).Split('\n')
        .Where(line => line.StartsWith(name, StringComparison.Ordinal) && line.Contains(label, StringComparison.Ordinal))
        .Sum(static line => long.Parse(line[(line.LastIndexOf(' ') + 1)..], System.Globalization.CultureInfo.InvariantCulture));

    public async ValueTask DisposeAsync()
    {
        foreach (var node in (RunningGateway?[])[Worker, Gateway])
        {
            await (node?.DisposeAsync() ?? ValueTask.CompletedTask);
        }

        foreach (var part in Enumerable.Reverse(parts))
        {
            await part.DisposeAsync();
        }

        nodes.Dispose();
        receivers.Dispose();
        scratch.Dispose();
    }

    private async Task BeginAsync()
    {
        var database = Keep(await PostgreSqlServer.StartAsync());
        var store = await database.NewDatabaseAsync();
        var egress = FreePort.Next();
        await WriteAsync("listener", nodes.Issue());
        await WriteAsync("worker", nodes.IssueClient("worker.internal"));
        var ca = await scratch.WriteAsync("nodes.pem", nodes.RootPem);
        var receiverCa = await scratch.WriteAsync("receivers.pem", receivers.RootPem);
        outside = new GatewaySetup
        {
            Upstream = "http://127.0.0.1:9", Data = scratch.File("gateway"), Store = store, EgressAllow = Hook.Address.ToString(), Roles = "gateway, subscriptions",
            Egress = $"listener: {{ listen: \"https://127.0.0.1:{egress}\", {Certificate("listener")}, ca: {ca}, nodes: \"DNS:worker.internal\" }}",
        };
        // The worker alone trusts who vouches for the receiver: TLS goes from the one to the other.
        var inside = new GatewaySetup
        {
            Upstream = "http://127.0.0.1:9", Data = scratch.File("worker"), Store = store,
            Egress = $"ca: {receiverCa}, gateway: {{ addresses: \"https://127.0.0.1:{egress}\", {Certificate("worker")}, ca: {ca} }}",
        };
        Inside = Keep(await NetworkNamespace.StartAsync(
            scratch, WorkerAddress,
            [$"ip daddr 127.0.0.1 tcp dport {{ {database.Port}, {egress}, {new Uri(inside.Gateway).Port}, {new Uri(inside.Admin).Port} }}"]));
        var around = Keep(await NetworkNamespace.StartAsync(scratch, GatewayAddress, []));
        Keep(new Relay(database.Port, Inside, null));
        Keep(new Relay(database.Port, around, null));
        Keep(new Relay(egress, Inside, around));
        Called = Keep(await PublicReceiver.StartAsync(around, Hook, receivers.Issue(Receiver)));

        // Where the receiver is, the gateway alone can find out.
        var hosts = await scratch.WriteAsync("hosts", $"127.0.0.1 localhost\n{Hook.Address} {Receiver}\n");
        outsideLaunch = new Launch
        {
            Prefix = [.. around.Prefix, "unshare", "--mount", "sh", "-c", $"mount --bind {hosts} /etc/hosts && exec \"$@\"", "sh"], NewHandler = around.NewHandler,
        };
        Worker = await RunningGateway.StartAsync(inside, new Launch { Prefix = Inside.Prefix, NewHandler = Inside.NewHandler });
        await Eventually.TrueAsync(async () => await CountAsync(Worker, "postern_callbacks_leads") == 1, () => "the worker leads");
    }

    private T Keep<T>(T part) where T : IAsyncDisposable
    {
        parts.Add(part);
        return part;
    }

    private string Certificate(string name) => $"certificate: {{ path: {scratch.File(name + ".pem")}, key: {scratch.File(name + ".key")} }}";

    private async Task WriteAsync(string name, TestCertificate certificate)
    {
        await scratch.WriteAsync(name + ".pem", certificate.Pem);
        await scratch.WriteAsync(name + ".key", certificate.Key);
    }

    private async Task WriteAsync(string name, X509Certificate2 certificate)
    {
        using var owned = certificate;
        using var key = certificate.GetECDsaPrivateKey()!;
        await scratch.WriteAsync(name + ".pem", certificate.ExportCertificatePem() + "\n" + nodes.IssuerPem);
        await scratch.WriteAsync(name + ".key", key.ExportPkcs8PrivateKeyPem());
    }
}
