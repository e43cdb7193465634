using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Postern.EndToEnd.Harness;

namespace Postern.EndToEnd.Attacks.Outbound;

/// <summary>The calls to an API, whose address is the operator's: nothing that a caller or a producer says leads one of them anywhere else.</summary>
public sealed class SteeringTests
{
    private static readonly string[] Fields = ["X-Forwarded-Host", "X-Forwarded-Server", "X-Original-URL", "X-Rewrite-URL", "X-Host", "X-Real-IP", "Forwarded"];

    [Fact]
    public async Task Neither_the_API_nor_its_read_check_is_asked_at_another_address_whatever_is_said()
    {
        OutboundHouse.Require();
        using var scratch = new ScratchDirectory();
        await using var house = await OutboundHouse.StartAsync(
            scratch, static setup => setup with { Upstream = $"http://{OutboundHouse.Listed}:8080", Api = "readCheck: {}", Callbacks = "timeout: 5s, retry: { giveUpAfter: 0s }" }, static house => house.Canary.Body = static _ => "{}");
        var client = house.Gateway.Client;
        await client.SubscribeAsync("/orders", OutboundCall.Listed);
        // Of the addresses each way to write them is there many times; of the tricks once, at the end.
        string[] urls = [.. UrlSpellings.All.Where(static (_, index) => index % 53 == 0), .. UrlSpellings.All.TakeLast(30)];
        var published = 0;

        await Parallel.ForEachAsync(urls.Index(), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (entry, _) =>
        {
            var (number, url) = entry;
            foreach (var (source, subject) in ((string, string)[])[("/orders", url), ("/orders", $"..//{url}"), ($"/orders/{url}", "1"), (url, "1"), ($"http://a@{url}/orders", url)])
            {
                var @event = new JsonObject { ["specversion"] = "1.0", ["id"] = $"{number}-{source}-{subject}", ["source"] = source, ["type"] = "orders.created", ["subject"] = subject };
                using var content = new StringContent(@event.ToJsonString(), Encoding.UTF8, "application/cloudevents+json");
                using var answer = await client.Http.PostAsync("/events", content, TestContext.Current.CancellationToken);
                if (answer.StatusCode == HttpStatusCode.Accepted)
                {
                    Interlocked.Increment(ref published);
                }
            }

            await SendAsync(HttpMethod.Post, $"/orders/{Uri.EscapeDataString(url)}/subscribe", new JsonObject { ["callback"] = $"{OutboundCall.Listed}/{number}" });
            await SendAsync(HttpMethod.Get, $"/orders/{Uri.EscapeDataString(url)}?url={Uri.EscapeDataString(url)}");
            foreach (var field in Fields.Where(_ => url.All(char.IsAscii) && !url.Any(char.IsControl)))
            {
                await SendAsync(HttpMethod.Get, "/orders", field: (field, field == "Forwarded" ? $"host=\"{url.Replace("\\", "", StringComparison.Ordinal)}\"" : url));
            }
        });

        Assert.True(published >= urls.Length, $"{published} events of {urls.Length} URLs");
        await Eventually.TrueAsync(async () => await house.CountAsync("postern_egress_reads_total") >= urls.Length, () => $"{urls.Length} read checks");
        Assert.Equal((IPAddress.Parse(OutboundHouse.Listed), 8080), Assert.Single(house.Canary.Hits.Keys));
        Assert.Equal(0, await house.Network.ForbiddenPacketsAsync());

        async Task SendAsync(HttpMethod method, string path, JsonNode? body = null, (string Name, string Value)? field = null)
        {
            using var request = new HttpRequestMessage(method, path);
            if (body is not null)
            {
                request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
            }

            if (field is { } given)
            {
                request.Headers.Add(given.Name, given.Value.Trim() is { Length: > 0 } value ? value : "x");
            }

            using var answer = await client.Http.SendAsync(request, TestContext.Current.CancellationToken);
        }
    }
}
