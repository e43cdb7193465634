namespace Postern.EndToEnd.Harness;

/// <summary>Several nodes on one PostgreSQL store, a producer at each gateway, and endpoints that are owed every event.</summary>
internal sealed class Cluster : IAsyncDisposable
{
    private const string Leads = "postern_callbacks_leads";

    private readonly ScratchDirectory scratch = new();
    private readonly ShopUpstream shop;
    private readonly string[] paths;

    private Cluster(ShopUpstream shop, TestReceiver receiver)
    {
        (this.shop, Receiver) = (shop, receiver);
        paths = [.. Enumerable.Range(0, receiver.Urls.Count).Select(number => $"/to-{number}")];
    }

    public ShopUpstream Shop => shop;

    public TestReceiver Receiver { get; }

    public List<RunningGateway> Nodes { get; } = [];

    public List<EventProducer> Producers { get; } = [];

    public IReadOnlyCollection<string> Acknowledged => [.. Producers.SelectMany(static producer => producer.Acknowledged)];

    /// <summary>Nodes that do everything.</summary>
    /// <param name="port">More of <c>gateway</c>, for every node.</param>
    public static Task<Cluster> StartAsync(string store, int nodes = 3, string port = "") => StartAsync(store, new string?[nodes], more: "", port);

    /// <param name="roles">What each node does; null: everything. A gateway that answers no calls on subscriptions passes them to the first node that does.</param>
    /// <param name="more">More of every configuration.</param>
    /// <param name="port">More of <c>gateway</c>, for every other node.</param>
    public static async Task<Cluster> StartAsync(string store, IReadOnlyList<string?> roles, string more, string port = "", int endpoints = 2)
    {
        var cluster = new Cluster(await ShopUpstream.StartAsync(), await TestReceiver.StartAsync(endpoints));
        var setups = roles.Select((own, number) => new GatewaySetup
        {
            Upstream = cluster.shop.Url, Data = cluster.scratch.File($"node-{number}"), Store = store, Roles = own, More = more, Port = port,
        }).ToList();
        try
        {
            await cluster.BeginAsync(setups);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>A caller of the last gateway.</summary>
    public GatewayClient Gateway => Nodes.Last(static node => node.Setup.Roles is null or "gateway").Client;

    public async Task<bool> LeadsAsync(int number)
    {
        try
        {
            var metrics = await Nodes[number].AdminTextAsync("/metrics");
            return metrics.Split('\n').Any(static line => line.StartsWith(Leads, StringComparison.Ordinal) && line.Split(' ')[1] == "1");
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>Which of the nodes leads, as soon as one does.</summary>
    public async Task<int> LeaderAsync()
    {
        var leader = -1;
        await Eventually.TrueAsync(
            async () =>
            {
                for (var number = 0; number < Nodes.Count; number++)
                {
                    if (await LeadsAsync(number))
                    {
                        leader = number;
                    }
                }

                return leader >= 0;
            },
            () => "one of the nodes leads", seconds: 60);
        return leader;
    }

    /// <summary>Starts a node again that was killed or has ended.</summary>
    public async Task StartAgainAsync(int number)
    {
        var setup = Nodes[number].Setup;
        await Nodes[number].DisposeAsync();
        Nodes[number] = await RunningGateway.StartAsync(setup);
    }

    /// <summary>Waits until nothing is owed, and judges.</summary>
    public Task AssertNothingLostAsync(int mostDuplicates) => AssertNothingLostAsync(mostDuplicates, Acknowledged);

    /// <param name="acknowledged">Ids of the events that were acknowledged, by whichever node.</param>
    public async Task AssertNothingLostAsync(int mostDuplicates, IReadOnlyCollection<string> acknowledged)
    {
        await Eventually.TrueAsync(
            () => Judge(acknowledged).Lost.Count == 0,
            () => $"everything delivered: {Receiver.Count} callbacks, {Judge(acknowledged).Lost.Count} missing", seconds: 120);
        await Eventually.TrueAsync(OwesNothingAsync, () => "nothing is owed any more");
        var ledger = Judge(acknowledged);
        ledger.AssertNothingLost();
        Assert.True(ledger.Duplicates <= mostDuplicates, $"{ledger.Duplicates} duplicates, at most {mostDuplicates} can have been in flight.");
    }

    private async Task BeginAsync(IReadOnlyList<GatewaySetup> setups)
    {
        foreach (var setup in setups)
        {
            var own = setup.Roles == "gateway" ? setup with { Port = $"subscriptions: {setups.First(static other => other.Roles == "subscriptions").Gateway}" } : setup;
            Nodes.Add(await RunningGateway.StartAsync(own));
            if (setup.Roles is null or "gateway")
            {
                Producers.Add(new EventProducer(setup.Gateway, "/load"));
            }
        }

        foreach (var (url, path) in Receiver.Urls.Zip(paths))
        {
            Receiver.Trust(path, (await Gateway.SubscribeAsync("/load", url + path)).Secret);
        }
    }

    private async Task<bool> OwesNothingAsync()
    {
        try
        {
            return (await Nodes[0].AdminAsync("/api/callbacks?limit=1"))["items"]!.AsArray().Count == 0;
        }
        catch (HttpRequestException)
        {
            // Its store has just been away.
            return false;
        }
    }

    // What else came is the scenario's own.
    private Ledger Judge(IReadOnlyCollection<string> acknowledged) => Ledger.Of(acknowledged, paths, [.. Receiver.Calls.Where(call => paths.Contains(call.Path))]);

    public async ValueTask DisposeAsync()
    {
        Producers.ForEach(static producer => producer.Dispose());
        foreach (var node in Nodes)
        {
            await node.DisposeAsync();
        }

        await Receiver.DisposeAsync();
        await shop.DisposeAsync();
        scratch.Dispose();
    }
}
