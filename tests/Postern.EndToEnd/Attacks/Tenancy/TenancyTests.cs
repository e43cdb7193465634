using System.Net;
using System.Text.Json.Nodes;
using Postern.EndToEnd.Harness;

namespace Postern.EndToEnd.Attacks.Tenancy;

/// <summary>Every call of the gateway's own description with every id of another consumer: as if there were no such id.</summary>
public sealed class TenancyTests
{
    [Fact]
    public void Every_input_of_every_call_is_an_id_that_is_tried_or_says_why_it_is_none()
    {
        var calls = ApiDescription.Gateway;
        Assert.True(calls.Count >= 17, $"{calls.Count} calls are described.");
        var unknown = calls.SelectMany(static call => call.Inputs.Where(input => TenantInputs.Find(call, input) is null).Select(input => $"{call}: {input}"));
        Assert.Empty(unknown);

        // Nothing stands in the tables that is not described, and no id is left out.
        var described = calls.SelectMany(static call => call.Inputs.Select(input => TenantInputs.Find(call, input)!)).ToHashSet();
        Assert.Empty(TenantInputs.Ids.Keys.Concat(TenantInputs.Harmless.Keys).Except(described));
        Assert.Empty(TenantInputs.Ids.Keys.Except(Forgery.All.SelectMany(static forgery => forgery.Inputs)));
    }

    [Fact]
    public async Task Each_call_with_an_id_of_another_consumer_answers_as_with_an_id_that_does_not_exist()
    {
        await using var house = await TwoTenants.StartAsync();
        var foreign = await house.FillAsync(tenant: 1);
        var own = await house.FillAsync(tenant: 0);
        var missing = foreign.OfNobody();
        var before = await StateAsync(house, foreign);
        var faults = new List<string>();

        foreach (var forgery in Forgery.All)
        {
            var answer = await house.CallAsync(0, forgery.Call.Method, forgery.Path(own, foreign), forgery.Body(foreign));
            var reference = await house.CallAsync(0, forgery.Call.Method, forgery.Path(own, missing), forgery.Body(missing));
            var told = foreign.Plain(answer.Told);
            if (!forgery.Inputs.Select(static input => TenantInputs.Ids[input]).Contains(answer.Status) || reference.Status != answer.Status || missing.Plain(reference.Told) != told
                || told.Contains(TwoTenants.Names[1], StringComparison.OrdinalIgnoreCase))
            {
                faults.Add($"{forgery}: {answer}\nand of nobody: {reference}");
            }
        }

        Assert.True(faults.Count == 0, string.Join('\n', faults));
        Assert.Equal(before, await StateAsync(house, foreign));
    }

    [Fact]
    public async Task A_key_of_a_call_is_its_consumers_own()
    {
        await using var house = await TwoTenants.StartAsync();
        foreach (var call in ApiDescription.Gateway.Where(static call => call.Inputs.Contains("header Idempotency-Key")))
        {
            var path = call.Path.Replace("/{resource}", "/orders", StringComparison.Ordinal);
            var theirs = await CallAsync(1, "1");
            var own = await CallAsync(0, "1");
            var other = await CallAsync(0, "2", key: "another");

            Assert.True((int)theirs.Status is 201 or 202, $"{call}: {theirs}");
            Assert.Equal(theirs.Status, own.Status);
            Assert.Equal(other.Status, own.Status);
            Assert.DoesNotContain("Idempotent-Replayed", own.Told, StringComparison.OrdinalIgnoreCase);

            Task<(HttpStatusCode Status, string Told)> CallAsync(int tenant, string id, string key = "same") => TwoTenants.CallAsync(
                house.Client(tenant).Http, call.Method, path, call.Id == "publishEvents" ? new JsonObject() : new JsonObject { ["callback"] = $"{house.Receiver.Url}/{key}" },
                [("Idempotency-Key", key), .. call.Id == "publishEvents" ? EventFields(id) : []]);
        }

        static (string, string)[] EventFields(string id) => [("ce-specversion", "1.0"), ("ce-id", id), ("ce-source", "/orders"), ("ce-type", "orders.created")];
    }

    [Fact]
    public async Task Each_call_is_refused_to_who_may_not_make_it_whatever_id_it_names()
    {
        await using var house = await TwoTenants.StartAsync();
        var foreign = await house.FillAsync(tenant: 1);
        var own = await house.FillAsync(tenant: 0);
        var ids = new[] { own, foreign, foreign.OfNobody() };
        using var nobody = new GatewayClient(house.Gateway.Url);
        using var wrong = GatewayClient.WithBasic(house.Gateway.Url, TwoTenants.Names[0], TwoTenants.PasswordOf(TwoTenants.Names[1]));
        var before = await StateAsync(house, foreign);

        foreach (var call in ApiDescription.Gateway)
        {
            foreach (var client in (GatewayClient[])[nobody, wrong])
            {
                Assert.Equal(HttpStatusCode.Unauthorized, await OneAnswerAsync(call, client));
            }

            // Who may subscribe may read.
            foreach (var scope in TwoTenants.Scopes.Where(scope => scope != call.Scope && (scope, call.Scope) != ("subscribe", "read")))
            {
                using var client = GatewayClient.WithApiKey(house.Gateway.Url, TwoTenants.KeyFor(scope));
                Assert.True(await OneAnswerAsync(call, client) == HttpStatusCode.Forbidden, $"{call} with the scope {scope}");
            }
        }

        Assert.Equal(before, await StateAsync(house, foreign));

        // The answer to all ids alike.
        async Task<HttpStatusCode> OneAnswerAsync(DescribedCall call, GatewayClient client)
        {
            var forgery = new Forgery(call, [.. call.Inputs.Where(static input => input.StartsWith("path ", StringComparison.Ordinal))]);
            var answers = new List<(HttpStatusCode Status, string Told)>();
            foreach (var others in ids)
            {
                var (status, told) = await TwoTenants.CallAsync(client.Http, call.Method, forgery.Path(own, others), forgery.Body(others));
                answers.Add((status, others.Plain(told)));
            }

            return Assert.Single(answers.Distinct()).Status;
        }
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

    private static async Task<string> StateAsync(TwoTenants house, Belongings belongings)
    {
        var path = $"/orders/subscriptions/{belongings.Ids["id"]}";
        var told = await Task.WhenAll(((string[])[path, path + "/jobs", path + "/attempts", "/orders/subscriptions"]).Select(
            part => house.Client(1).CallAsync(HttpMethod.Get, part, HttpStatusCode.OK)));
        return string.Join('\n', told.Select(static part => part!.ToJsonString()));
    }
}
