using System.Reflection;
using Postern.Configuration;
using Postern.Model;
using Postern.Monitoring;
using Postern.Operations;

namespace Postern.Tests.Monitoring;

public sealed class AdminSecretsTests
{
    private const string Planted = "planted";

    private static readonly PosternConfiguration Secretive = new()
    {
        Store = "postgres://postern:planted-store@db/postern",
        Hub = new HubConfiguration
        {
            Url = ["amqps://postern:planted-hub@broker"], Password = "planted-hub-password", Certificate = new CertificateConfiguration { Path = "hub.pfx", Password = "planted-hub-key" },
        },
        Gateway = new GatewayConfiguration { Certificate = [new() { Path = "gateway.pfx", Password = "planted-gateway-password" }] },
        Admin = new AdminConfiguration { Token = "planted-token", Certificate = [new() { Path = "admin.pfx", Password = "planted-admin-password" }] },
        Secrets = new SecretsConfiguration { Key = "planted-key", Keys = [new("first", "planted-first-key")] },
        Apis = new Dictionary<string, ApiConfiguration> { ["shop"] = new() { Upstream = ["http://user:planted-upstream@10.0.0.1/"] } },
        Identity = new IdentityConfiguration
        {
            Issuers = new Dictionary<string, IssuerConfiguration> { ["login"] = new() { Issuer = "login", Audience = ["postern"], Keys = new() { Secret = "planted-issuer-secret" } } },
        },
        Consumers = new Dictionary<string, ConsumerConfiguration>
        {
            ["acme"] = new() { Credentials = [new CredentialConfiguration.Basic("acme", "planted-password"), new CredentialConfiguration.ApiKey("planted-api-key"), new CredentialConfiguration.WebhookSignature("whsec_planted"), new CredentialConfiguration.HttpSignature("acme-1", "hmac-sha256") { Secret = "planted-signature-secret" }] },
        },
    };

    [Fact]
    public async Task No_answer_shows_a_secret_or_its_ciphertext()
    {
        await using var server = await AdminServer.StartAsync(Secretive);
        server.Store.Events.Add(Recorded.Event(1));
        server.Store.Subscriptions.Add(Recorded.Subscription(1) with { Callback = "https://user:planted-user@example.com/" });
        server.Store.Callbacks.Add(Recorded.Callback(1) with { Destination = "https://planted-lone-token@example.com/" });
        server.Store.Attempts.Add(Recorded.Attempt(1));
        await server.Store.AddJobAsync(new JobRequest { Kind = JobKind.Dead }, TestContext.Current.CancellationToken);
        var ciphertext = Convert.ToBase64String("planted-ciphertext"u8);
        foreach (var operation in server.Service<AdminOperations>().All.Where(operation => operation.Method == "GET"))
        {
            var path = operation.Path.Replace("{id}", operation.Path.Contains("events", StringComparison.Ordinal) ? server.Store.Events[0].Id
                : operation.Path.Contains("jobs", StringComparison.Ordinal) ? server.Store.Jobs[0].Id
                : operation.Path.Contains("consumers", StringComparison.Ordinal) ? "acme" : "sub_1", StringComparison.Ordinal);
            using var response = await server.SendAsync(path, token: "planted-token");
            var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.True(response.IsSuccessStatusCode, path);
            Assert.DoesNotContain(Planted, text, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(ciphertext, text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_configuration_is_shown_with_masks_and_the_last_rejected_change()
    {
        await using var server = await AdminServer.StartAsync(Secretive with { Admin = new AdminConfiguration() });
        server.Configuration.Reject(new RejectedConfiguration(Recorded.Noon, [new ConfigurationError("apis.shop.upstream", "Must be a URL.", 12, "postern.yaml")]));
        var report = await server.GetAsync("/api/configuration");
        Assert.Equal("postgres://postern:***@db/postern", (string?)report["running"]!["store"]);
        Assert.Equal("acme", (string?)report["running"]!["consumers"]!["acme"]!["credentials"]![0]!["username"]);
        Assert.Equal("***", (string?)report["running"]!["consumers"]!["acme"]!["credentials"]![1]!["key"]);
        Assert.Equal(12, (int)report["lastRejected"]!["errors"]![0]!["line"]!);
        server.Configuration.Replace(new PosternConfiguration());
        Assert.False((await server.GetAsync("/api/configuration")).AsObject().ContainsKey("lastRejected"));
    }

    [Fact]
    public async Task The_configuration_is_shown_as_the_file_writes_it()
    {
        var shop = new ApiConfiguration { Upstream = ["http://10.0.0.1/"], Capture = new CaptureConfiguration { Mode = CaptureMode.BestEffort } };
        await using var server = await AdminServer.StartAsync(
            Secretive with { Admin = new AdminConfiguration(), Apis = new Dictionary<string, ApiConfiguration> { ["shop"] = shop } });
        var running = (await server.GetAsync("/api/configuration"))["running"]!;

        Assert.Equal("15s", (string?)running["callbacks"]!["timeout"]);
        Assert.Equal(["0s", "5s", "5m"], running["callbacks"]!["retry"]!["schedule"]!.AsArray().Take(3).Select(wait => (string?)wait));
        Assert.Equal("1MiB", (string?)running["gateway"]!["maxEventBytes"]);
        Assert.Equal("best-effort", (string?)running["apis"]!["shop"]!["capture"]!["mode"]);
        Assert.Equal("api-key", (string?)running["consumers"]!["acme"]!["credentials"]![1]!["type"]);
    }

    [Fact]
    public async Task Consumers_are_shown_by_name_and_kinds_of_credentials()
    {
        await using var server = await AdminServer.StartAsync(Secretive with { Admin = new AdminConfiguration() });
        var consumer = Assert.Single((await server.GetAsync("/api/consumers"))["items"]!.AsArray())!;
        Assert.Equal("acme", (string?)consumer["name"]);
        Assert.Equal(["basic", "api-key", "webhook-signature", "http-signature"], consumer["credentials"]!.AsArray().Select(credential => (string?)credential!["kind"]));
    }

    /// <summary>A secret that is added to the configuration later and forgotten in the masks is found here.</summary>
    [Fact]
    public void Every_property_of_the_configuration_that_sounds_secret_is_planted_above()
    {
        HashSet<string> planted = ["AdminConfiguration.Token", "SecretsConfiguration.Key", "SecretKeyConfiguration.Key", "Basic.Password", "ApiKey.Key", "WebhookSignature.Secret", "HttpSignature.Secret", "CertificateConfiguration.Password", "HubConfiguration.Password", "IssuerKeysConfiguration.Secret"];
        string[] words = ["token", "password", "secret", "key", "passphrase", "credential"];
        // Names of fields, of files and of keys, and what everybody may have: no secrets.
        HashSet<string> harmless = ["ResourceConfiguration.KeyField", "CertificateConfiguration.Key", "IdentityConfiguration.CredentialHeader", "HttpSignature.KeyId", "HttpSignature.PublicKey"];
        var found = typeof(PosternConfiguration).Assembly.GetTypes()
            .Where(type => type.Namespace == typeof(PosternConfiguration).Namespace && type.GetMethod("<Clone>$") is not null)
            .SelectMany(type => type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
            .Where(property => property.PropertyType == typeof(string) && words.Any(word => property.Name.Contains(word, StringComparison.OrdinalIgnoreCase)))
            .Select(property => $"{property.DeclaringType!.Name}.{property.Name}")
            .Where(name => !harmless.Contains(name));
        Assert.Equal(planted.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("https://example.com/hook?a=b@c", "https://example.com/hook?a=b@c")]
    [InlineData("https://example.com/@user", "https://example.com/@user")]
    [InlineData("https://u:p@example.com/", "https://u:***@example.com/")]
    [InlineData("https://u:p@q@example.com", "https://u:***@example.com")]
    [InlineData("https://token@example.com", "https://***@example.com")]
    [InlineData("sqlite:data/postern.db", "sqlite:data/postern.db")]
    [InlineData("https://", "https://")]
    public void A_password_in_a_url_is_masked_and_nothing_else(string url, string shown) => Assert.Equal(shown, Mask.Password(url));
}
