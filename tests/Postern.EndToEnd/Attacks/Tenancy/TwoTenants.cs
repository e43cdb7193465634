using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Postern.EndToEnd.Harness;

namespace Postern.EndToEnd.Attacks.Tenancy;

/// <summary>A gateway with two consumers who know nothing of each other.</summary>
internal sealed class TwoTenants : IAsyncDisposable
{
    public static readonly string[] Names = ["acme", "globex"];

    private readonly ScratchDirectory scratch = new();
    private readonly GatewayClient[] clients = new GatewayClient[Names.Length];
    private ShopUpstream shop = null!;

    public RunningGateway Gateway { get; private set; } = null!;

    public TestReceiver Receiver { get; private set; } = null!;

    public static async Task<TwoTenants> StartAsync()
    {
        var house = new TwoTenants { shop = await ShopUpstream.StartAsync(), Receiver = await TestReceiver.StartAsync() };
        house.Gateway = await RunningGateway.StartAsync(new GatewaySetup
        {
            Upstream = house.shop.Url,
            Data = house.scratch.File("data"),
            More = $"consumers:\n{string.Join('\n', Names.Select(static name => $"  {name}: {{ credentials: [ {{ type: basic, username: {name}, password: {PasswordOf(name)} }} ] }}"))}",
        });
        for (var tenant = 0; tenant < Names.Length; tenant++)
        {
            house.clients[tenant] = GatewayClient.WithBasic(house.Gateway.Url, Names[tenant], PasswordOf(Names[tenant]));
        }

        return house;
    }

    public GatewayClient Client(int tenant) => clients[tenant];

    /// <summary>Makes a call as a tenant: the status, and everything of the answer that could tell one id from another.</summary>
    public async Task<(HttpStatusCode Status, string Told)> CallAsync(int tenant, string method, string path, JsonNode? body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
        {
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        }

        using var answer = await clients[tenant].Http.SendAsync(request, TestContext.Current.CancellationToken);
        var headers = answer.Headers.Concat(answer.Content.Headers)
            // Of each answer's own.
            .Where(static header => header.Key.ToUpperInvariant() is not ("DATE" or "X-REQUEST-ID"))
            .Select(static header => $"{header.Key}: {string.Join(", ", header.Value)}").Order(StringComparer.Ordinal);
        return (answer.StatusCode, $"{string.Join('\n', headers)}\n\n{await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)}");
    }

    public async ValueTask DisposeAsync()
    {
        Array.ForEach(clients, static client => client.Dispose());
        await Gateway.DisposeAsync();
        await Receiver.DisposeAsync();
        await shop.DisposeAsync();
        scratch.Dispose();
    }

    private static string PasswordOf(string name) => $"{name}-{name}-{name}-{name}-{name}";
}
