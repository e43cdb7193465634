using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Postern.EndToEnd.Harness;

namespace Postern.EndToEnd.Scenarios;

/// <summary>Secrets are planted wherever they can come in, and looked for wherever they could come out.</summary>
public sealed class SecretTraceTests
{
    private const string AdminToken = "planted-admin-token";

    private readonly Dictionary<string, string> planted = new(StringComparer.Ordinal)
    {
        ["admin token"] = AdminToken,
        ["wrong admin token"] = "planted-wrong-admin-token",
        ["encryption key"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)),
        ["second encryption key"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)),
        ["encryption key of a refused file"] = "planted-no-key-at-all",
        ["password"] = "planted-password",
        ["changed password"] = "planted-changed-password",
        ["wrong password"] = "planted-wrong-password",
        ["API key"] = "planted-api-key",
        ["wrong API key"] = "planted-wrong-api-key",
        ["upstream's bearer token"] = "planted-upstream-token",
        ["upstream's cookie"] = "planted-upstream-cookie",
        ["upstream's query"] = "planted-upstream-query",
        ["own signing secret"] = NewSecret(),
        ["rotated signing secret"] = NewSecret(),
        ["signing secret in a call that is refused"] = NewSecret(),
        ["signing secret in a body that cannot be read"] = NewSecret(),
    };

    [Fact]
    public async Task No_planted_secret_is_found_in_log_answers_metrics_or_store()
    {
        using var scratch = new ScratchDirectory();
        await using var shop = await ShopUpstream.StartAsync();
        await using var receiver = await TestReceiver.StartAsync();
        var setup = new GatewaySetup { Upstream = shop.Url, Data = scratch.File("data"), More = More(planted["password"]) };
        var answers = new StringBuilder();
        await using var gateway = await RunningGateway.StartAsync(setup, new Launch
        {
            Environment = new Dictionary<string, string> { ["POSTERN__ADMIN__TOKEN"] = AdminToken },
        });
        using var acme = GatewayClient.WithBasic(setup.Gateway, "acme", planted["password"]);
        using var globex = GatewayClient.WithApiKey(setup.Gateway, planted["API key"]);
        using var admin = new HttpClient { BaseAddress = new Uri(setup.Admin) };
        admin.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", AdminToken);

        await SubscribeAsync(acme, receiver);
        await CallWronglyAsync(setup, acme, answers);
        await globex.SubscribeAsync("/orders", $"{receiver.Url}/globex");
        using (var request = new HttpRequestMessage(HttpMethod.Get, $"/orders?token={planted["upstream's query"]}"))
        {
            request.Headers.Add("Cookie", planted["upstream's cookie"]);
            request.Headers.Add("X-Upstream", planted["upstream's bearer token"]);
            using var answer = await acme.Http.SendAsync(request, TestContext.Current.CancellationToken);
        }

        using var published = await acme.PublishAsync("/orders", "1", "orders.created", "{}");
        await Eventually.TrueAsync(() => receiver.Count > 0, () => "a callback arrives");
        await ReconfigureAsync(gateway, setup, admin);
        foreach (var path in (string[])
            ["/api/events", "/api/subscriptions", "/api/callbacks", "/api/attempts", "/api/endpoints", "/api/consumers", "/api/configuration", "/api/audit", "/api/secrets/keys", "/api/jobs", "/metrics", "/openapi.json", "/readyz"])
        {
            answers.AppendLine(await admin.GetStringAsync(path, TestContext.Current.CancellationToken));
        }

        // Before the end, so that the write-ahead log is there as well.
        var files = ReadFiles(setup.Data);
        await gateway.TerminateAsync();
        files += ReadFiles(setup.Data);

        Assert.True(planted.Count >= 20, $"{planted.Count} secrets were planted.");
        var found =
            from place in new[] { ("the log", gateway.Log), ("an answer", answers.ToString()), ("the store", files) }
            from secret in planted
            from spelling in Spellings(secret.Value)
            where place.Item2.Contains(spelling, StringComparison.Ordinal)
            select $"{secret.Key} in {place.Item1}";
        Assert.Empty(found);

        // Where a hit is meant to be found it is: what was searched is not nothing.
        Assert.Contains($"{receiver.Url}/globex", files, StringComparison.Ordinal);
        Assert.Contains("postern_callbacks", answers.ToString(), StringComparison.Ordinal);
        Assert.Contains("globex", gateway.Log, StringComparison.Ordinal);
    }

    private static string NewSecret() => "whsec_" + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    /// <summary>As it is, and as what it stands for: base64 would hide a secret from who looks for its bytes, and the other way round.</summary>
    private static IEnumerable<string> Spellings(string secret)
    {
        var bare = secret.StartsWith("whsec_", StringComparison.Ordinal) ? secret["whsec_".Length..] : secret;
        yield return bare;
        yield return Convert.ToBase64String(Encoding.UTF8.GetBytes(bare));
        var bytes = new byte[bare.Length];
        if (Convert.TryFromBase64String(bare, bytes, out var length))
        {
            yield return Encoding.Latin1.GetString(bytes, 0, length);
            yield return Convert.ToHexString(bytes, 0, length);
            yield return Convert.ToHexStringLower(bytes, 0, length);
        }
    }

    private static string ReadFiles(string folder)
    {
        var text = new StringBuilder();
        foreach (var file in Directory.GetFiles(folder, "postern.db*").Where(file => Path.GetExtension(file) != ".lock"))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(stream, Encoding.Latin1);
            text.Append(reader.ReadToEnd());
        }

        return text.ToString();
    }

    /// <summary>Consumers and a key of the store; the configuration itself holds them, everything else must not.</summary>
    private string More(string password, string keys = "") =>
        $$"""
        secrets: { keys: [{{keys}}{ id: first, key: "{{planted["encryption key"]}}" }] }
        consumers:
          acme: { scopes: [subscribe, publish], credentials: [{ type: basic, username: acme, password: {{password}} }] }
          globex: { operator: true, credentials: [{ type: api-key, key: {{planted["API key"]}} }] }
        """;

    /// <summary>Every call that gives a secret or is given one.</summary>
    private async Task SubscribeAsync(GatewayClient acme, TestReceiver receiver)
    {
        var subscribed = await acme.SubscribeAsync("/orders", $"{receiver.Url}/acme");
        planted["made signing secret"] = subscribed.Secret;
        await acme.SubscribeAsync("/orders", $"{receiver.Url}/own", new JsonObject { ["secret"] = planted["own signing secret"] });
        await acme.CallAsync(HttpMethod.Post, subscribed.Path + "/rotate-secret", HttpStatusCode.OK, new JsonObject { ["secret"] = planted["rotated signing secret"] });
        var rotated = await acme.CallAsync(HttpMethod.Post, subscribed.Path + "/rotate-secret", HttpStatusCode.OK, new JsonObject { ["overlap"] = "0s" });
        planted["made and rotated signing secret"] = (string)rotated!["secret"]!;

        using var request = new HttpRequestMessage(HttpMethod.Post, "/orders/subscribe")
        {
            Content = new StringContent($$"""{"callback":"{{receiver.Url}}/once"}""", Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("Idempotency-Key", "once");
        using var answer = await acme.Http.SendAsync(request);
        planted["signing secret in an answer that is kept"] = (string)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["secret"]!;
    }

    /// <summary>Calls that are refused: what is wrong must be told without what was sent.</summary>
    private async Task CallWronglyAsync(GatewaySetup setup, GatewayClient acme, StringBuilder answers)
    {
        var refused = new JsonObject { ["callback"] = "https://example.com/", ["mode"] = "nonsense", ["secret"] = planted["signing secret in a call that is refused"] };
        answers.AppendLine((await acme.CallAsync(HttpMethod.Post, "/orders/subscribe", HttpStatusCode.UnprocessableEntity, refused))!.ToJsonString());
        using var broken = await acme.Http.PostAsync(
            "/orders/subscribe", new StringContent($"{{\"secret\": \"{planted["signing secret in a body that cannot be read"]}\", ", Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.BadRequest, broken.StatusCode);
        answers.AppendLine(await broken.Content.ReadAsStringAsync());
        using var wrongPassword = GatewayClient.WithBasic(setup.Gateway, "acme", planted["wrong password"]);
        answers.AppendLine((await wrongPassword.CallAsync(HttpMethod.Get, "/orders/subscriptions", HttpStatusCode.Unauthorized))!.ToJsonString());
        using var wrongKey = GatewayClient.WithApiKey(setup.Gateway, planted["wrong API key"]);
        answers.AppendLine((await wrongKey.CallAsync(HttpMethod.Get, "/orders/subscriptions", HttpStatusCode.Unauthorized))!.ToJsonString());
        using var stranger = new HttpClient { BaseAddress = new Uri(setup.Admin) };
        stranger.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", planted["wrong admin token"]);
        using var answer = await stranger.GetAsync("/api/events");
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        answers.AppendLine(await answer.Content.ReadAsStringAsync());
    }

    /// <summary>A file that is refused, then one with another password and another key: everything is sealed anew.</summary>
    private async Task ReconfigureAsync(RunningGateway gateway, GatewaySetup setup, HttpClient admin)
    {
        var broken = More(planted["password"], $"{{ id: broken, key: \"{planted["encryption key of a refused file"]}\" }}, ");
        await gateway.ReconfigureAsync((setup with { More = broken }).Yaml);
        await Eventually.TrueAsync(async () => (await ReadAsync(admin, "/api/configuration"))["lastRejected"] is not null, () => "the file is refused");
        var next = More(planted["changed password"], $"{{ id: second, key: \"{planted["second encryption key"]}\" }}, ");
        await gateway.ReconfigureAsync((setup with { More = next }).Yaml);
        await Eventually.TrueAsync(
            async () => await ReadAsync(admin, "/api/secrets/keys") is var report && (bool)report["settled"]! && (string?)report["keys"]![0]!["id"] == "second",
            () => "every secret is sealed with the second key");
        Assert.Equal(
            ["reload", "rejectReload"], (await ReadAsync(admin, "/api/audit?kind=configuration"))["items"]!.AsArray().Select(entry => (string?)entry!["action"]));
    }

    private static async Task<JsonNode> ReadAsync(HttpClient admin, string path) => JsonNode.Parse(await admin.GetStringAsync(path))!;
}
