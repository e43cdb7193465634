using System.Globalization;
using Postern.Load;

// Load on loopback, bounded in count and time: what Postern does a second on this machine, beside its native twins.
//   dotnet run -c Release --project bench/Postern.Load -- [ingest|deliver|deliver10|idle|memory|neighbour|steady|steady10|sick|recover|backlog|claim|retention|proxy|guard|all]
//   --store postgres://USER@127.0.0.1:PORT/DATABASE before it: on an empty PostgreSQL database, one scenario at a time
if (args is ["twin", var kind, var port, ..])
{
    var number = int.Parse(port, CultureInfo.InvariantCulture);
    var server = kind switch
    {
        "ingest" => await Servers.StartIngestAsync(number),
        "api" => await Servers.StartApiAsync(number),
        "yarp" => await Servers.StartYarpAsync(number, int.Parse(args[3], CultureInfo.InvariantCulture)),
        _ => throw new ArgumentException($"There is no twin '{kind}'."),
    };
    await server.WaitForShutdownAsync();
    return 0;
}

if (args is ["--store", var store, ..])
{
    (Child.Store, args) = (store, args[2..]);
}

var scenarios = new Dictionary<string, Func<string, Task<string>>>
{
    ["ingest"] = directory => Scenarios.IngestAsync(directory, 100_000),
    ["deliver"] = directory => Scenarios.DeliverAsync(directory, 100_000, fanOut: 1),
    ["deliver10"] = directory => Scenarios.DeliverAsync(directory, 30_000, fanOut: 10),
    ["idle"] = directory => Scenarios.IdleLatencyAsync(directory, 300),
    ["memory"] = directory => Scenarios.MemoryAsync(directory, 1_000_000),
    ["neighbour"] = directory => Scenarios.NeighbourAsync(directory, 300),
    ["steady"] = directory => Scenarios.SteadyAsync(directory, 7_500, fanOut: 1, seconds: 20),
    ["steady10"] = directory => Scenarios.SteadyAsync(directory, 1_750, fanOut: 10, seconds: 20),
    ["sick"] = directory => Scenarios.SickAsync(directory, 1_000_000),
    ["recover"] = directory => Scenarios.BacklogAsync(directory, 1_000_000, drain: TimeSpan.FromSeconds(30)),
    ["backlog"] = directory => Scenarios.BacklogAsync(directory, 10_000_000, drain: TimeSpan.FromSeconds(90)),
    ["claim"] = directory => Scenarios.ClaimAsync(directory, 10_000, 10_000_000),
    ["retention"] = directory => Scenarios.RetentionAsync(directory, 10_000_000, subscriptions: 1_000),
    ["proxy"] = directory => Scenarios.ProxyAsync(directory, 60_000),
    ["guard"] = directory => Scenarios.GuardAsync(directory, 20_000),
};

string[] wanted = args is [] or ["all"] ? [.. scenarios.Keys] : args;
if (wanted.FirstOrDefault(name => !scenarios.ContainsKey(name)) is { } unknown)
{
    Console.Error.WriteLine($"There is no scenario '{unknown}': {string.Join(", ", scenarios.Keys)} or all.");
    return 2;
}

Console.WriteLine("| what | Postern | native twin and ratio |\n|---|---|---|");
foreach (var name in wanted)
{
    var directory = Directory.CreateTempSubdirectory("postern-load-").FullName;
    try
    {
        Console.WriteLine(await scenarios[name](directory));
    }
    finally
    {
        Directory.Delete(directory, recursive: true);
    }
}

return 0;
