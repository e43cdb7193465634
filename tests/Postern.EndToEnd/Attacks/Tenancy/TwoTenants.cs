using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Postern.EndToEnd.Attacks.Wire;
using Postern.EndToEnd.Harness;

namespace Postern.EndToEnd.Attacks.Tenancy;

/// <summary>A gateway with two consumers who know nothing of each other, and an operator with a token.</summary>
internal sealed class TwoTenants : IAsyncDisposable
{
    public const string AdminToken = "operator-operator-operator";

    public static readonly string[] Names = ["acme", "globex"];

    /// <summary>What a key of the first consumer may do, one each.</summary>
    public static readonly string[] Scopes = ["read", "subscribe", "publish"];

    private readonly ScratchDirectory scratch = new();
    private readonly GatewayClient[] clients = new GatewayClient[Names.Length];

    public RunningGateway Gateway { get; private set; } = null!;

    public TestReceiver Receiver { get; private set; } = null!;

    /// <summary>The API: it says what it was asked for.</summary>
    public WireUpstream Upstream { get; } = new();

    /// <summary>The admin port, with the token.</summary>
    public HttpClient Operator { get; private set; } = null!;

    public static async Task<TwoTenants> StartAsync()
    {
        var house = new TwoTenants { Receiver = await TestReceiver.StartAsync() };
        var keys = string.Join(", ", Scopes.Select(static scope => $"{{ type: api-key, id: {scope}, key: {KeyFor(scope)}, scopes: {scope} }}"));
        house.Gateway = await RunningGateway.StartAsync(
            new GatewaySetup
            {
                Upstream = house.Upstream.Url,
                Data = house.scratch.File("data"),
                More = $$"""
                    consumers:
                      acme: { scopes: [subscribe, publish], credentials: [ { type: basic, username: acme, password: {{PasswordOf("acme")}} }, {{keys}} ] }
                      globex: { scopes: [subscribe, publish], credentials: [ { type: basic, username: globex, password: {{PasswordOf("globex")}} } ] }
                    """,
            },
            new Launch { Environment = new Dictionary<string, string> { ["POSTERN__ADMIN__TOKEN"] = AdminToken } });
        house.Operator = new HttpClient { BaseAddress = new Uri(house.Gateway.Setup.Admin) };
        house.Operator.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", AdminToken);
        for (var tenant = 0; tenant < Names.Length; tenant++)
        {
            house.clients[tenant] = GatewayClient.WithBasic(house.Gateway.Url, Names[tenant], PasswordOf(Names[tenant]));
        }

        return house;
    }

    public static string PasswordOf(string name) => $"{name}-{name}-{name}-{name}-{name}";

    /// <summary>A key of the first consumer that may do one thing only.</summary>
    public static string KeyFor(string scope) => $"acme-{scope}-acme-{scope}-acme-{scope}";

    public GatewayClient Client(int tenant) => clients[tenant];

    /// <summary>Gives a tenant two of everything that has an id, so that each of its lists has a next page.</summary>
    public async Task<Belongings> FillAsync(int tenant)
    {
        var client = Client(tenant);
        var callback = $"{Receiver.Url}/of-{Names[tenant]}";
        var subscribed = await client.SubscribeAsync("/orders", callback);
        await client.SubscribeAsync("/orders", callback + "-too");
        var ids = new Dictionary<string, string> { ["id"] = subscribed.Id, ["callback"] = callback, ["event"] = await PublishAsync(tenant) };
        for (var count = 0; count < 2; count++)
        {
            await client.CallAsync(HttpMethod.Post, subscribed.Path + "/test", HttpStatusCode.Accepted);
            ids["job"] = (string)(await client.CallAsync(HttpMethod.Post, subscribed.Path + "/replay", HttpStatusCode.Accepted, new JsonObject { ["dead"] = true }))!["id"]!;
        }

        var cursors = new Dictionary<string, string>();
        foreach (var list in ApiDescription.Gateway.Where(static call => call.Inputs.Contains("query after")))
        {
            // What is sent is seen in the list of attempts a moment later.
            var path = list.Path.Replace("/{resource}", "/orders", StringComparison.Ordinal).Replace("{id}", subscribed.Id, StringComparison.Ordinal);
            await Eventually.TrueAsync(
                async () => (cursors[list.Id] = (string?)(await client.CallAsync(HttpMethod.Get, path + "?limit=1", HttpStatusCode.OK))!["next"] ?? "").Length > 0,
                () => $"{list} has a second page");
        }

        return new Belongings(ids, cursors);
    }

    /// <summary>Makes a call as a tenant: the status, and everything of the answer that could tell one id from another.</summary>
    public Task<(HttpStatusCode Status, string Told)> CallAsync(int tenant, string method, string path, JsonNode? body) => CallAsync(clients[tenant].Http, method, path, body);

    public static async Task<(HttpStatusCode Status, string Told)> CallAsync(HttpClient client, string method, string path, JsonNode? body, params IEnumerable<(string Name, string Value)> fields)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        foreach (var (name, value) in fields)
        {
            request.Headers.Add(name, value);
        }

        if (body is not null)
        {
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        }

        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        var headers = answer.Headers.Concat(answer.Content.Headers)
            // Of each answer's own.
            .Where(static header => header.Key.ToUpperInvariant() is not ("DATE" or "X-REQUEST-ID"))
            .Select(static header => $"{header.Key}: {string.Join(", ", header.Value)}").Order(StringComparer.Ordinal);
        return (answer.StatusCode, $"{string.Join('\n', headers)}\n\n{await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)}");
    }

    public async ValueTask DisposeAsync()
    {
        Array.ForEach(clients, static client => client.Dispose());
        Operator.Dispose();
        await Gateway.DisposeAsync();
        await Receiver.DisposeAsync();
        await Upstream.DisposeAsync();
        scratch.Dispose();
    }

    /// <summary>An event that only one tenant may see; its id.</summary>
    private async Task<string> PublishAsync(int tenant)
    {
        var @event = new JsonObject
        {
            ["specversion"] = "1.0", ["id"] = Names[tenant], ["source"] = "/orders", ["type"] = "orders.created", ["audience"] = Names[tenant],
        };
        using var content = new StringContent(@event.ToJsonString(), Encoding.UTF8, "application/cloudevents+json");
        using var answer = await Client(tenant).Http.PostAsync("/events", content, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        return (string)JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["events"]![0]!["id"]!;
    }
}
