using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Postern.EndToEnd.Harness;

namespace Postern.EndToEnd.Scenarios;

public sealed class StatusTests
{
    private const int First = 100;
    private const int Last = 999;

    [Fact]
    public async Task Every_status_from_100_to_999_ends_as_the_table_says()
    {
        using var scratch = new ScratchDirectory();
        await using var shop = await ShopUpstream.StartAsync();
        await using var receiver = new StatusReceiver(Enumerable.Range(First, Last - First + 1));
        // One retry, and not in this test: what an attempt ended as is what counts.
        await using var gateway = await RunningGateway.StartAsync(
            new GatewaySetup { Upstream = shop.Url, Data = scratch.File("data"), Callbacks = "timeout: 5s, retry: { schedule: [0s, 1h], jitter: 0 }" });
        var statuses = new Dictionary<string, int>();
        for (var status = First; status <= Last; status++)
        {
            statuses.Add((await gateway.Client.SubscribeAsync("/load", receiver.UrlOf(status))).Id, status);
        }

        using var published = await gateway.Client.PublishAsync("/load", "1", "load.made", "{}");
        Assert.Equal(HttpStatusCode.Accepted, published.StatusCode);

        var attempts = new List<JsonNode>();
        await Eventually.TrueAsync(
            async () => (attempts = await AttemptsAsync(gateway)).Count >= statuses.Count, () => $"{attempts.Count} attempts", seconds: 60);

        Assert.Equal(statuses.Count, attempts.Count);
        var wrong = attempts
            .Select(attempt => (Status: statuses[(string)attempt["subscription"]!], Found: ((string)attempt["outcome"]!, (int?)attempt["status"])))
            .Where(entry => entry.Found != Expected(entry.Status))
            .Select(entry => $"{entry.Status}: {entry.Found}, not {Expected(entry.Status)}");
        Assert.Empty(wrong);
        Assert.All(receiver.Calls, call => Assert.Equal(1, call.Value));
        var gone = (await gateway.AdminAsync("/api/subscriptions?state=gone&limit=500"))["items"]!.AsArray();
        Assert.Equal(410, statuses[(string)Assert.Single(gone)!["id"]!]);
    }

    /// <summary>The outcome and the status that is recorded. An interim response (1xx) is no answer, and none came after it.</summary>
    private static (string Outcome, int? Status) Expected(int status) => status switch
    {
        // To HTTP/1.1 a 101 ends the exchange: nothing asked for it, so it is an answer like any other that is no success.
        101 => ("retry", 101),
        < 200 => ("retry", null),
        < 300 => ("delivered", status),
        410 => ("gone", status),
        _ => ("retry", status),
    };

    private static async Task<List<JsonNode>> AttemptsAsync(RunningGateway gateway)
    {
        var all = new List<JsonNode>();
        for (string? after = null; ;)
        {
            var page = await gateway.AdminAsync("/api/attempts?limit=500" + (after is null ? "" : string.Create(CultureInfo.InvariantCulture, $"&after={after}")));
            all.AddRange(page["items"]!.AsArray()!);
            after = page["next"]?.ToString();
            if (after is null)
            {
                return all;
            }
        }
    }
}
