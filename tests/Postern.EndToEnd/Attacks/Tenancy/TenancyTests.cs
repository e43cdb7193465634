using System.Net;
using System.Text.Json.Nodes;
using Postern.EndToEnd.Harness;

namespace Postern.EndToEnd.Attacks.Tenancy;

/// <summary>Every call of the gateway's own description with every id of another consumer: as if there were no such id.</summary>
public sealed class TenancyTests
{
    // What a call needs beside its ids, so that nothing but the id can be wrong with it.
    private static readonly Dictionary<string, JsonObject> Bodies = new()
    {
        ["changeSubscription"] = new JsonObject { ["mode"] = "structured" },
        ["replaySubscription"] = new JsonObject { ["dead"] = true },
    };

    private static readonly string[] Methods = ["get", "put", "post", "patch", "delete"];

    [Fact]
    public async Task Each_operation_with_an_id_of_another_consumer_answers_as_with_an_id_that_does_not_exist()
    {
        await using var house = await TwoTenants.StartAsync();
        var foreign = await FillAsync(house, tenant: 1);
        var own = await FillAsync(house, tenant: 0);
        // Ids have one length, so that answers that name them have one too.
        var missing = foreign.ToDictionary(static id => id.Key, static id => Another(id.Value));
        var before = await StateAsync(house, foreign);
        var operations = (await OperationsAsync(house)).Where(static operation => operation.Path.Contains("{id}", StringComparison.Ordinal)).ToArray();
        Assert.True(operations.Length >= 13, $"{operations.Length} operations");

        foreach (var (id, method, path) in operations)
        {
            // Each id of the other by itself among own ones, and all of them together.
            string[] names = [.. foreign.Keys.Where(name => path.Contains($"{{{name}}}", StringComparison.Ordinal))];
            foreach (var theirs in names.Select(static name => (string[])[name]).Append(names))
            {
                var body = Bodies.GetValueOrDefault(id);
                var answer = await house.CallAsync(0, method, Fill(path, own, foreign, theirs), body);
                var reference = await house.CallAsync(0, method, Fill(path, own, missing, theirs), body);

                Assert.True(answer.Status is HttpStatusCode.Forbidden or HttpStatusCode.NotFound, $"{id} with {string.Join(" and ", theirs)} of another: {answer}");
                Assert.Equal(reference.Status, answer.Status);
                Assert.Equal(Plain(reference.Told, missing), Plain(answer.Told, foreign));
            }
        }

        // The one call that takes its id in the body.
        var unsubscribed = await house.CallAsync(0, "POST", "/orders/unsubscribe", new JsonObject { ["id"] = foreign["id"] });
        var unknown = await house.CallAsync(0, "POST", "/orders/unsubscribe", new JsonObject { ["id"] = missing["id"] });
        Assert.Equal(HttpStatusCode.NotFound, unsubscribed.Status);
        Assert.Equal(Plain(unknown.Told, missing), Plain(unsubscribed.Told, foreign));
        Assert.Equal(before, await StateAsync(house, foreign));
    }

    [Fact]
    public async Task Two_consumers_at_random_see_and_change_what_is_their_own_and_nothing_else()
    {
        await using var house = await TwoTenants.StartAsync();
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        var owners = new Dictionary<string, int>();
        var removed = new List<string>();
        for (var step = 0; step < 400; step++)
        {
            var tenant = random.Next(2);
            string[] known = [.. owners.Keys, .. removed];
            if (known.Length == 0 || random.Next(6) == 0)
            {
                var subscribed = await house.Client(tenant).SubscribeAsync("/orders", $"{house.Receiver.Url}/{step}");
                owners.Add(subscribed.Id, tenant);
                continue;
            }

            if (random.Next(12) == 0)
            {
                await ListsOwnAsync(tenant);
                continue;
            }

            var id = known[random.Next(known.Length)];
            var isOwn = owners.GetValueOrDefault(id, -1) == tenant;
            // Of replaced secrets a subscription takes three, so that they end at once.
            (string, string, JsonObject?)[] calls =
            [
                ("GET", $"/orders/subscriptions/{id}", null),
                ("GET", $"/orders/subscriptions/{id}/attempts", null),
                ("GET", $"/orders/subscriptions/{id}/health", null),
                ("GET", $"/orders/subscriptions/{id}/jobs", null),
                ("PATCH", $"/orders/subscriptions/{id}", new JsonObject { ["metadata"] = new JsonObject { ["by"] = TwoTenants.Names[tenant] } }),
                ("POST", $"/orders/subscriptions/{id}/pause", null),
                ("POST", $"/orders/subscriptions/{id}/resume", null),
                ("POST", $"/orders/subscriptions/{id}/rotate-secret", new JsonObject { ["overlap"] = "0s" }),
                ("POST", $"/orders/subscriptions/{id}/test", null),
                ("DELETE", $"/orders/subscriptions/{id}", null),
                ("POST", "/orders/unsubscribe", new JsonObject { ["id"] = id }),
            ];
            var (method, path, body) = calls[random.Next(calls.Length)];
            var (status, told) = await house.CallAsync(tenant, method, path, body);

            Assert.True(isOwn == ((int)status < 300), $"Seed {seed}, step {step}: {TwoTenants.Names[tenant]} {method} {path}, {(isOwn ? "own" : "not own")}: {status} {told}");
            Assert.True(isOwn || status == HttpStatusCode.NotFound, $"Seed {seed}, step {step}: {status}");
            Assert.DoesNotContain(TwoTenants.Names[1 - tenant], told, StringComparison.Ordinal);
            if (isOwn && (method == "DELETE" || path.EndsWith("/unsubscribe", StringComparison.Ordinal)))
            {
                owners.Remove(id);
                removed.Add(id);
            }
        }

        await ListsOwnAsync(0);
        await ListsOwnAsync(1);

        async Task ListsOwnAsync(int tenant)
        {
            var listed = new List<string>();
            for (var path = "/orders/subscriptions?limit=100"; path is not null;)
            {
                var page = (await house.Client(tenant).CallAsync(HttpMethod.Get, path, HttpStatusCode.OK))!;
                listed.AddRange(page["items"]!.AsArray().Select(static item => (string)item!["id"]!));
                path = (string?)page["next"] is { } next ? $"/orders/subscriptions?limit=100&after={Uri.EscapeDataString(next)}" : null;
            }

            Assert.Equal(owners.Where(entry => entry.Value == tenant).Select(static entry => entry.Key).Order(), listed.Order());
        }
    }

    /// <summary>Gives a tenant one of everything that has an id, by the names of the description's parameters.</summary>
    private static async Task<Dictionary<string, string>> FillAsync(TwoTenants house, int tenant)
    {
        var client = house.Client(tenant);
        var subscribed = await client.SubscribeAsync("/orders", $"{house.Receiver.Url}/{tenant}");
        await client.CallAsync(HttpMethod.Post, subscribed.Path + "/test", HttpStatusCode.Accepted);
        await Eventually.TrueAsync(() => house.Receiver.At($"/{tenant}").Count > 0, "the test event came");
        var job = await client.CallAsync(HttpMethod.Post, subscribed.Path + "/replay", HttpStatusCode.Accepted, new JsonObject { ["dead"] = true });
        return new() { ["id"] = subscribed.Id, ["job"] = (string)job!["id"]! };
    }

    private static async Task<(string Id, string Method, string Path)[]> OperationsAsync(TwoTenants house)
    {
        var paths = (await house.Gateway.AdminAsync("/openapi.json"))["paths"]!.AsObject();
        return
        [
            .. paths.Where(static path => path.Key.StartsWith("/{resource}/", StringComparison.Ordinal)).SelectMany(static path => path.Value!.AsObject()
                .Where(static entry => Methods.Contains(entry.Key))
                .Select(entry => ((string)entry.Value!["operationId"]!, entry.Key.ToUpperInvariant(), path.Key))),
        ];
    }

    private static string Fill(string path, Dictionary<string, string> own, Dictionary<string, string> others, string[] theirs) => own.Keys.Aggregate(
        path.Replace("/{resource}", "/orders", StringComparison.Ordinal),
        (filled, name) => filled.Replace($"{{{name}}}", theirs.Contains(name) ? others[name] : own[name], StringComparison.Ordinal));

    /// <summary>An id of the same kind that nobody has: another last letter but one.</summary>
    private static string Another(string id) => $"{id[..^2]}{(id[^2] == 'A' ? 'B' : 'A')}{id[^1]}";

    private static string Plain(string told, Dictionary<string, string> ids) =>
        ids.Aggregate(told, static (text, id) => text.Replace(id.Value, $"<{id.Key}>", StringComparison.Ordinal));

    private static async Task<string> StateAsync(TwoTenants house, Dictionary<string, string> ids) =>
        (await house.Client(1).CallAsync(HttpMethod.Get, $"/orders/subscriptions/{ids["id"]}", HttpStatusCode.OK))!.ToJsonString()
        + (await house.Client(1).CallAsync(HttpMethod.Get, $"/orders/subscriptions/{ids["id"]}/jobs", HttpStatusCode.OK))!["items"]!.AsArray().Count;
}
