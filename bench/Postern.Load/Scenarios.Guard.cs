using System.Globalization;

namespace Postern.Load;

/// <content>What it costs to know who calls and to count it.</content>
internal static partial class Scenarios
{
    private const int GuardRounds = 9;

    /// <summary>CPU of the process for each proxied call by kind of credential, all kinds and a rate of each scope configured, as a ratio to bare YARP.</summary>
    public static async Task<string> GuardAsync(string directory, int count)
    {
        using var credentials = new Credentials();
        await using var api = await Child.TwinAsync("api", FreePorts.Next());
        await using var yarp = await Child.TwinAsync("yarp", FreePorts.Next(), api.Port.ToString(CultureInfo.InvariantCulture));
        await using var plain = await Child.PosternAsync(Directory.CreateDirectory(Path.Combine(directory, "plain")).FullName, api.Port);
        var guarded = Directory.CreateDirectory(Path.Combine(directory, "guarded")).FullName;
        await using var postern = await Child.PosternAsync(guarded, api.Port, await credentials.ConfigureAsync(guarded));
        var kinds = credentials.All.Select(one => (one.Kind, Requests: Enumerable.Repeat(Requests.Get("/orders/42", one.Field), count).ToArray())).ToList();
        for (var round = 0; round < WarmRounds; round++)
        {
            await ClosedLoop.RunAsync(yarp.Port, Connections, kinds[0].Requests[..5000], 200);
            await ClosedLoop.RunAsync(plain.Port, Connections, kinds[0].Requests[..5000], 200);
            foreach (var (_, requests) in kinds)
            {
                await ClosedLoop.RunAsync(postern.Port, Connections, requests[..5000], 200);
            }

            await Task.Delay(500);
        }

        // What shares the machine changes from minute to minute: each round has a ratio of its own.
        var bare = new List<double>();
        var measured = kinds.Select(kind => (kind.Kind, Server: postern, kind.Requests)).Append((Kind: "without consumers and limits", Server: plain, kinds[0].Requests))
            .Select(one => (Name: one.Kind, one.Server, one.Requests, Cost: new List<double>(), Ratios: new List<double>())).ToList();
        for (var round = 0; round < GuardRounds; round++)
        {
            bare.Add(await CpuAsync(yarp, kinds[0].Requests));
            foreach (var one in measured)
            {
                one.Cost.Add(await CpuAsync(one.Server, one.Requests));
                one.Ratios.Add(one.Cost[^1] / bare[^1]);
            }
        }

        return Row(
            $"guard, GET 1 KiB, every kind and rate configured",
            $"{string.Join(", ", measured.Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Name} {one.Cost.Min():N1} µs ({Median(one.Ratios):N2})")))}",
            $"bare YARP {bare.Min():N1} µs (least of {GuardRounds}; ratios: the median of each round's)");
    }

    private static async Task<double> CpuAsync(Child server, byte[][] requests)
    {
        var before = server.Cpu;
        await ClosedLoop.RunAsync(server.Port, Connections, requests, 200);
        return (server.Cpu - before).TotalMicroseconds / requests.Length;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
