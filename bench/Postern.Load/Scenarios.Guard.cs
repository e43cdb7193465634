using System.Globalization;

namespace Postern.Load;

/// <content>What it costs to know who calls and to count it.</content>
internal static partial class Scenarios
{
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

        var (bare, unguarded) = (new List<double>(), new List<double>());
        var cost = kinds.ToDictionary(kind => kind.Kind, _ => new List<double>(), StringComparer.Ordinal);
        for (var round = 0; round < 3; round++)
        {
            bare.Add(await CpuAsync(yarp, kinds[0].Requests));
            unguarded.Add(await CpuAsync(plain, kinds[0].Requests));
            foreach (var (kind, requests) in kinds)
            {
                cost[kind].Add(await CpuAsync(postern, requests));
            }
        }

        var twin = Median(bare);
        return Row(
            $"guard, GET 1 KiB, every kind and rate configured",
            $"{string.Join(", ", cost.Select(kind => string.Create(CultureInfo.InvariantCulture, $"{kind.Key} {Median(kind.Value):N1} µs ({Median(kind.Value) / twin:N2})")))}; without consumers and limits {Median(unguarded):N1} µs ({Median(unguarded) / twin:N2})",
            $"bare YARP {twin:N1} µs (median of 3)");
    }

    private static async Task<double> CpuAsync(Child server, byte[][] requests)
    {
        var before = server.Cpu;
        await ClosedLoop.RunAsync(server.Port, Connections, requests, 200);
        return (server.Cpu - before).TotalMicroseconds / requests.Length;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
