using System.Text.Json;
using Postern.Egress;
using Postern.Egress.Delivery;
using Postern.Model;

namespace Postern.Tests.Subscriptions;

/// <summary>What a consumer may say about credentials, headers and TLS, and how little of it is shown again.</summary>
public sealed class DeliveryFieldTests : IAsyncLifetime
{
    private const string Secret = "planted-5f2c";

    private readonly TestAuthority authority = new();
    private TestGateway gateway = null!;

    public async ValueTask InitializeAsync() => gateway = await TestGateway.StartAsync();

    public async ValueTask DisposeAsync()
    {
        authority.Dispose();
        await gateway.DisposeAsync();
    }

    [Theory]
    [InlineData("""{"type":"bearer","token":"planted-5f2c"}""", """{"type":"bearer"}""")]
    [InlineData("""{"type":"basic","username":"acme","password":"planted-5f2c"}""", """{"type":"basic","username":"acme"}""")]
    [InlineData(
        """{"type":"oauth2","tokenUrl":"https://id.example/token","clientId":"acme","clientSecret":"planted-5f2c","scopes":["a","b"],"audience":"x"}""",
        """{"type":"oauth2","tokenUrl":"https://id.example/token","clientId":"acme","scopes":["a","b"],"audience":"x"}""")]
    public async Task Credentials_are_stored_sealed_and_shown_without_their_secret(string auth, string shown)
    {
        var answer = (await SubscribeAsync($$$"""{"auth":{{{auth}}},"headers":{"X-Key":"{{{Secret}}}"}}""")).Expect(201);

        var id = answer.Text("id");
        var read = (await gateway.GetAsync($"/orders/subscriptions/{id}")).Expect(200);
        foreach (var delivery in new[] { answer.Body.GetProperty("delivery"), read.Body.GetProperty("delivery") })
        {
            Assert.Equal(shown, delivery.GetProperty("auth").GetRawText());
            Assert.Equal("""["X-Key"]""", delivery.GetProperty("headers").GetRawText());
            Assert.DoesNotContain(Secret, delivery.GetRawText(), StringComparison.Ordinal);
        }

        var stored = await gateway.ReadAsync(id);
        Assert.Contains(Secret, JsonSerializer.Serialize(gateway.Protector.OpenAuth(stored)), StringComparison.Ordinal);
        Assert.Equal(Secret, gateway.Protector.OpenHeaders(stored)!["X-Key"]);
        foreach (var file in Directory.GetFiles(gateway.Folder).Where(static file => !file.EndsWith(".lock", StringComparison.Ordinal)))
        {
            Assert.False((await ReadAsync(file)).AsSpan().IndexOf("planted-5f2c"u8) >= 0, file);
        }
    }

    [Fact]
    public async Task A_part_opens_in_its_own_place_alone()
    {
        var id = (await SubscribeAsync("""{"auth":{"type":"bearer","token":"a"},"headers":{"X-A":"b"}}""")).Expect(201).Text("id");
        var stored = await gateway.ReadAsync(id);
        var delivery = stored.Delivery!;

        Assert.Throws<SecretUnreadableException>(() => gateway.Protector.OpenAuth(stored with { Id = SubscriptionId.Create() }));
        Assert.Throws<SecretUnreadableException>(() => gateway.Protector.OpenAuth(stored with { Delivery = delivery with { Auth = delivery.Headers } }));
    }

    [Fact]
    public async Task Certificates_are_stored_and_told_by_whose_they_are()
    {
        var own = authority.Issue("acme");

        var answer = (await SubscribeAsync(JsonSerializer.Serialize(new { tls = new { ca = authority.RootPem, certificate = own.Pem, key = own.Key } }))).Expect(201);

        var tls = answer.Body.GetProperty("delivery").GetProperty("tls");
        Assert.True(tls.GetProperty("ca").GetBoolean());
        Assert.Equal("CN=acme", tls.GetProperty("certificate").GetString());
        Assert.True(tls.TryGetProperty("expires", out _));
        Assert.DoesNotContain("PRIVATE", answer.Body.GetRawText(), StringComparison.Ordinal);
        Assert.Equal(own.Key, gateway.Protector.OpenTls(await gateway.ReadAsync(answer.Text("id")))!.Key);
    }

    [Theory]
    [InlineData("1", "delivery")]
    [InlineData("""{"other":1}""", "delivery.other")]
    [InlineData("""{"auth":"x"}""", "delivery.auth")]
    [InlineData("""{"auth":{}}""", "delivery.auth.type")]
    [InlineData("""{"auth":{"type":"digest"}}""", "delivery.auth.type")]
    [InlineData("""{"auth":{"type":"bearer"}}""", "delivery.auth.token")]
    [InlineData("""{"auth":{"type":"bearer","token":"a b"}}""", "delivery.auth.token")]
    [InlineData("""{"auth":{"type":"bearer","token":"a","username":"b"}}""", "delivery.auth.username")]
    [InlineData("""{"auth":{"type":"basic","username":"a:b","password":"c"}}""", "delivery.auth.username")]
    [InlineData("""{"auth":{"type":"basic","username":"a","password":"c\n"}}""", "delivery.auth.password")]
    [InlineData("""{"auth":{"type":"oauth2","tokenUrl":"https://10.0.0.1/","clientId":"a","clientSecret":"b"}}""", "delivery.auth.tokenUrl")]
    [InlineData("""{"auth":{"type":"oauth2","tokenUrl":"http://169.254.169.254/","clientId":"a","clientSecret":"b"}}""", "delivery.auth.tokenUrl")]
    [InlineData("""{"auth":{"type":"oauth2","tokenUrl":"https://id.example/","clientId":"a","clientSecret":"b","scopes":["a b"]}}""", "delivery.auth.scopes[0]")]
    [InlineData("""{"headers":[]}""", "delivery.headers")]
    [InlineData("""{"headers":{"Host":"x"}}""", "delivery.headers.Host")]
    [InlineData("""{"headers":{"X-A":1}}""", "delivery.headers.X-A")]
    [InlineData("""{"headers":{"X-A":"a\r\nX-B: c"}}""", "delivery.headers.X-A")]
    [InlineData("""{"headers":{"X-A":"a","x-a":"b"}}""", "delivery.headers.x-a")]
    [InlineData("""{"tls":{"ca":"x"}}""", "delivery.tls.ca")]
    [InlineData("""{"tls":{"certificate":"x"}}""", "delivery.tls.key")]
    [InlineData("""{"tls":{"key":"x"}}""", "delivery.tls.certificate")]
    [InlineData("""{"tls":{"certificate":"x","key":"y"}}""", "delivery.tls.certificate")]
    [InlineData("""{"tls":{"verify":false}}""", "delivery.tls.verify")]
    public async Task What_is_wrong_is_told_by_field(string delivery, string field) =>
        Assert.Equal([field], (await SubscribeAsync(delivery)).Expect(422).Errors);

    [Fact]
    public async Task Too_many_headers_are_refused() => Assert.Equal(
        ["delivery.headers"],
        (await SubscribeAsync(JsonSerializer.Serialize(new { headers = Enumerable.Range(0, 21).ToDictionary(number => $"X-{number}", _ => "a") }))).Expect(422).Errors);

    [Fact]
    public async Task A_refusal_repeats_no_secret()
    {
        var answer = (await SubscribeAsync(
            """{"auth":{"type":"basic","username":"planted-5f2c:","password":"planted-5f2c\n"},"headers":{"X-A":"planted-5f2c\n"},"tls":{"certificate":"planted-5f2c","key":"planted-5f2c"}}""")).Expect(422);

        Assert.DoesNotContain(Secret, answer.Body.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_patch_replaces_one_part_and_null_takes_it_away()
    {
        var id = (await SubscribeAsync("""{"auth":{"type":"bearer","token":"a"},"headers":{"X-A":"b"}}""")).Expect(201).Text("id");

        var changed = (await PatchAsync(id, """{"delivery":{"auth":{"type":"basic","username":"u","password":"p"}}}""")).Expect(200);
        Assert.Equal("basic", changed.Body.GetProperty("delivery").GetProperty("auth").GetProperty("type").GetString());
        Assert.Equal("b", gateway.Protector.OpenHeaders(await gateway.ReadAsync(id))!["X-A"]);

        var without = (await PatchAsync(id, """{"delivery":{"headers":null}}""")).Expect(200);
        Assert.False(without.Body.GetProperty("delivery").TryGetProperty("headers", out _));

        Assert.False((await PatchAsync(id, """{"delivery":null}""")).Expect(200).Has("delivery"));
        Assert.Null((await gateway.ReadAsync(id)).Delivery);
    }

    [Fact]
    public async Task Credentials_do_not_go_to_another_host_unless_they_are_given_for_it()
    {
        var id = (await SubscribeAsync("""{"auth":{"type":"bearer","token":"a"}}""")).Expect(201).Text("id");

        Assert.Equal(["delivery"], (await PatchAsync(id, """{"callback":"https://other.example/hook"}""")).Expect(422).Errors);
        Assert.Equal(["delivery"], (await PatchAsync(id, """{"callback":"https://receiver.example:8443/hook"}""")).Expect(422).Errors);
        Assert.True((await PatchAsync(id, """{"callback":"https://receiver.example/elsewhere"}""")).Expect(200).Has("delivery"));
        Assert.False((await PatchAsync(id, """{"callback":"https://other.example/hook","delivery":{"headers":null}}""")).Expect(200).Has("delivery"));
    }

    [Fact]
    public async Task Two_that_differ_in_their_credentials_are_no_twins()
    {
        const string Auth = """{"auth":{"type":"bearer","token":"a"},"headers":{"X-A":"1","X-B":"2"}}""";
        (await SubscribeAsync(Auth)).Expect(201);

        (await SubscribeAsync("""{"auth":{"type":"bearer","token":"a"},"headers":{"x-b":"2","X-A":"1"}}""")).Expect(409);
        (await SubscribeAsync("""{"auth":{"type":"bearer","token":"b"},"headers":{"X-A":"1","X-B":"2"}}""")).Expect(201);
    }

    private Task<Answer> SubscribeAsync(string delivery) =>
        gateway.PostAsync("/orders/subscribe", $$$"""{"callback":"{{{TestGateway.Hook}}}","delivery":{{{delivery}}}}""");

    private Task<Answer> PatchAsync(string id, string patch) => gateway.SendAsync(HttpMethod.Patch, $"/orders/subscriptions/{id}", patch);

    private static async Task<byte[]> ReadAsync(string file)
    {
        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy, TestContext.Current.CancellationToken);
        return copy.ToArray();
    }
}
