namespace Postern.EndToEnd.Harness;

/// <summary>Several nodes on one PostgreSQL store, a producer at each, and endpoints that are owed every event.</summary>
internal sealed class Cluster : IAsyncDisposable
{
    private const string Leads = "postern_node_leads";

    private readonly ScratchDirectory scratch = new();
    private readonly ShopUpstream shop;
    private readonly string[] paths;

    private Cluster(ShopUpstream shop, TestReceiver receiver)
    {
        (this.shop, Receiver) = (shop, receiver);
        paths = [.. Enumerable.Range(0, receiver.Urls.Count).Select(number => $"/to-{number}")];
    }

    public TestReceiver Receiver { get; }

    public List<RunningGateway> Nodes { get; } = [];

    public List<EventProducer> Producers { get; } = [];

    public IReadOnlyCollection<string> Acknowledged => [.. Producers.SelectMany(static producer => producer.Acknowledged)];

    /// <param name="port">More of <c>gateway</c>, for every node.</param>
    public static async Task<Cluster> StartAsync(string store, int nodes = 3, int endpoints = 2, string port = "")
    {
        var cluster = new Cluster(await ShopUpstream.StartAsync(), await TestReceiver.StartAsync(endpoints));
        for (var number = 0; number < nodes; number++)
        {
            var setup = new GatewaySetup { Upstream = cluster.shop.Url, Data = cluster.scratch.File($"node-{number}"), Store = store, Port = port };
            cluster.Nodes.Add(await RunningGateway.StartAsync(setup));
            cluster.Producers.Add(new EventProducer(setup.Gateway, "/load"));
        }

        foreach (var (url, path) in cluster.Receiver.Urls.Zip(cluster.paths))
        {
            cluster.Receiver.Trust(path, (await cluster.Nodes[^1].Client.SubscribeAsync("/load", url + path)).Secret);
        }

        return cluster;
    }

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
            () => Ledger.Of(acknowledged, paths, Receiver.Calls).Lost.Count == 0,
            () => $"everything delivered: {Receiver.Count} callbacks, {Ledger.Of(acknowledged, paths, Receiver.Calls).Lost.Count} missing", seconds: 120);
        await Eventually.TrueAsync(
            async () => (await Nodes[0].AdminAsync("/api/callbacks?limit=1"))["items"]!.AsArray().Count == 0, () => "nothing is owed any more");
        var ledger = Ledger.Of(acknowledged, paths, Receiver.Calls);
        ledger.AssertNothingLost();
        Assert.True(ledger.Duplicates <= mostDuplicates, $"{ledger.Duplicates} duplicates, at most {mostDuplicates} can have been in flight.");
    }

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
