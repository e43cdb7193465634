using System.Net.Http.Headers;
using System.Text;
using Postern.Model;

namespace Postern.Tests.Subscriptions;

public sealed class SubscribeTests : IAsyncLifetime
{
    private const string OwnSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    private TestGateway gateway = null!;

    public async ValueTask InitializeAsync() => gateway = await TestGateway.StartAsync();

    public ValueTask DisposeAsync() => gateway.DisposeAsync();

    [Fact]
    public async Task Of_equal_calls_at_the_same_moment_one_is_stored()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => gateway.PostAsync("/orders/subscribe", new { callback = TestGateway.Hook })));

        Assert.Equal([201, 409, 409, 409, 409, 409, 409, 409], answers.Select(answer => answer.Status).Order());
    }

    [Fact]
    public async Task A_subscription_is_answered_with_its_address_and_its_secret()
    {
        var answer = (await gateway.PostAsync("/orders/subscribe", new { callback = TestGateway.Hook })).Expect(201);

        Assert.Equal($"/orders/subscriptions/{answer.Text("id")}", answer.Headers.Location!.OriginalString);
        Assert.Equal(32, Convert.FromBase64String(answer.Text("secret")["whsec_".Length..]).Length);
        Assert.Equal("active", answer.Text("state"));
        Assert.Equal("binary", answer.Text("mode"));
        Assert.Equal("/orders", answer.Text("resource"));
        Assert.Equal(gateway.Time.GetUtcNow(), answer.Body.GetProperty("created").GetDateTimeOffset());
        Assert.False(answer.Has("key"));
        Assert.True(answer.Headers.CacheControl!.NoStore);
    }

    [Fact]
    public async Task One_record_can_be_subscribed_to()
    {
        var id = await gateway.SubscribeAsync("/orders/42");

        var stored = await gateway.ReadAsync(id);
        Assert.Equal(("/orders", "42", "/orders/42"), (stored.Resource, stored.Key, stored.Path));
        Assert.Equal("42", (await gateway.GetAsync($"/orders/subscriptions/{id}")).Expect(200).Text("key"));
    }

    [Fact]
    public async Task The_secret_is_never_shown_again()
    {
        var id = await gateway.SubscribeAsync();

        Assert.False((await gateway.GetAsync($"/orders/subscriptions/{id}")).Expect(200).Has("secret"));
        Assert.False((await gateway.GetAsync("/orders/subscriptions")).Expect(200).Body.GetProperty("items")[0].TryGetProperty("secret", out _));
    }

    [Fact]
    public async Task The_stored_secret_is_the_shown_one_sealed()
    {
        var answer = await gateway.PostAsync("/orders/subscribe", new { callback = TestGateway.Hook, secret = OwnSecret });

        var stored = (await gateway.ReadAsync(answer.Expect(201).Text("id"))).Secrets[0];
        var plain = Convert.FromBase64String(OwnSecret["whsec_".Length..]);
        Assert.Equal(OwnSecret, answer.Text("secret"));
        Assert.Equal(plain, gateway.Protector.Open(answer.Text("id"), stored));
        Assert.Equal(-1, stored.Ciphertext.Span.IndexOf(plain));
    }

    [Fact]
    public async Task The_database_holds_no_secret_in_any_spelling()
    {
        (await gateway.PostAsync("/orders/subscribe", new { callback = TestGateway.Hook, secret = OwnSecret })).Expect(201);

        var text = OwnSecret["whsec_".Length..];
        byte[][] spellings = [Convert.FromBase64String(text), Encoding.ASCII.GetBytes(text), Encoding.ASCII.GetBytes(Convert.ToHexString(Convert.FromBase64String(text)))];
        var files = Directory.GetFiles(gateway.Folder, "postern.db*").Where(file => !file.EndsWith(".lock", StringComparison.Ordinal)).ToList();
        var content = new List<byte>();
        foreach (var file in files)
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var copy = new MemoryStream();
            await stream.CopyToAsync(copy, TestContext.Current.CancellationToken);
            content.AddRange(copy.ToArray());
        }

        var bytes = content.ToArray();
        Assert.NotEqual(-1, bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes(TestGateway.Hook)));
        Assert.All(spellings, spelling => Assert.Equal(-1, bytes.AsSpan().IndexOf(spelling)));
    }

    [Fact]
    public async Task Every_field_is_kept_as_it_was_given()
    {
        var filter = """[{"exact": {"type":"orders.created"}}, {"prefix":{"subject": "4"}}]""";
        var answer = await gateway.PostAsync("/orders/subscribe", $$"""
            {"callback":"{{TestGateway.Hook}}?a=%20b","events":["orders.created","orders.created"],"filter":{{filter}},"mode":"structured","metadata":{"team":"é"} }
            """);

        var stored = await gateway.ReadAsync(answer.Expect(201).Text("id"));
        Assert.Equal(filter, stored.Filter);
        Assert.Equal(TestGateway.Hook + "?a=%20b", stored.Callback);
        Assert.Equal(["orders.created"], stored.Events);
        Assert.Equal(CallbackMode.Structured, stored.Mode);
        Assert.Equal("é", answer.Body.GetProperty("metadata").GetProperty("team").GetString());
        Assert.Equal("4", answer.Body.GetProperty("filter")[1].GetProperty("prefix").GetProperty("subject").GetString());
    }

    [Fact]
    public async Task Everything_that_is_wrong_is_told_at_once()
    {
        var answer = await gateway.PostAsync("/customers/subscribe", """
            {"callback":"ftp://x","events":["customers.created","customers.gone",7],"filter":{"exakt":{}},"mode":"loud","metadata":[],"secret":"whsec_c2hvcnQ=","hue":1}
            """);

        Assert.Equal(
            ["callback", "events[1]", "events[2]", "filter.exakt", "hue", "metadata", "mode", "secret"],
            answer.Expect(422).Errors.Order(StringComparer.Ordinal));
        Assert.Contains("customers.created, customers.changed", answer.Body.GetProperty("errors").GetProperty("events[1]")[0].GetString(), StringComparison.Ordinal);
        Assert.Equal("application/problem+json", answer.Content.ContentType!.MediaType);
    }

    [Theory]
    [InlineData("{}", "callback")]
    [InlineData("""{"callback":null}""", "callback")]
    [InlineData("""{"callback":"https://a.example","events":"orders.created"}""", "events")]
    [InlineData("""{"callback":"https://a.example","events":["orders.*"]}""", "events[0]")]
    [InlineData("""{"callback":"https://a.example","state":"paused"}""", "state")]
    [InlineData("""{"callback":"https://a.example","secret":"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n"}""", "secret")]
    public async Task A_field_that_is_not_valid_is_named(string body, string field) =>
        Assert.Equal([field], (await gateway.PostAsync("/orders/subscribe", body)).Expect(422).Errors);

    [Fact]
    public async Task By_convention_any_type_name_is_taken() =>
        (await gateway.PostAsync("/orders/subscribe", new { callback = TestGateway.Hook, events = new[] { "com.example.order.shipped" } })).Expect(201);

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"callback":"https://a.example","callback":"https://b.example"}""")]
    [InlineData("""{"metadata":{"a":"\ud800"}}""")]
    [InlineData("""{"metadata":{"\udc00":1}}""")]
    public async Task A_body_that_is_no_json_object_is_a_400(string body) => (await gateway.PostAsync("/orders/subscribe", body)).Expect(400);

    [Fact]
    public async Task Bytes_that_are_no_utf8_are_a_400()
    {
        using var content = new ByteArrayContent([.. Encoding.UTF8.GetBytes("{\"metadata\":{\"a\":\""), 0xC0, 0xA0, .. Encoding.UTF8.GetBytes("\"}}")]);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        (await gateway.PostAsync("/orders/subscribe", content)).Expect(400);
    }

    [Fact]
    public async Task Another_media_type_is_a_415()
    {
        using var content = new StringContent("callback=x", new MediaTypeHeaderValue("application/x-www-form-urlencoded"));
        (await gateway.PostAsync("/orders/subscribe", content)).Expect(415);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_over_64_KiB_is_a_413(bool announced)
    {
        var bytes = Encoding.UTF8.GetBytes($$"""{"callback":"{{TestGateway.Hook}}{{new string(' ', 1)}}","metadata":{"a":"{{new string('x', 64 * 1024)}}"} }""");
        using HttpContent content = announced ? new ByteArrayContent(bytes) : new StreamContent(new UnknownLength(bytes));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        (await gateway.PostAsync("/orders/subscribe", content)).Expect(413);
    }

    [Fact]
    public async Task The_same_subscription_again_is_a_409_that_names_the_first()
    {
        var body = """{"callback":"https://a.example/","events":["a","b"],"filter":{"exact":{"type":"a"}},"metadata":{"x":1}}""";
        var same = """{"metadata":{"x": 1},"filter":{"exact": {"type":"a"}},"events":["b","a"],"callback":"https://a.example/"}""";
        var first = (await gateway.PostAsync("/orders/subscribe", body)).Expect(201).Text("id");

        Assert.Contains(first, (await gateway.PostAsync("/orders/subscribe", same)).Expect(409).Text("detail"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/orders", """{"callback":"https://a.example/","events":["a"]}""")]
    [InlineData("/orders", """{"callback":"https://a.example/","filter":{"exact":{"type":"a"}}}""")]
    [InlineData("/orders", """{"callback":"https://a.example/","mode":"structured"}""")]
    [InlineData("/orders", """{"callback":"https://a.example/","metadata":{}}""")]
    [InlineData("/orders", """{"callback":"https://a.example/","secret":"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}""")]
    [InlineData("/orders", """{"callback":"https://a.example/x"}""")]
    [InlineData("/orders/42", """{"callback":"https://a.example/"}""")]
    public async Task A_subscription_that_differs_in_anything_is_another_one(string path, string body)
    {
        (await gateway.PostAsync("/orders/subscribe", """{"callback":"https://a.example/"}""")).Expect(201);
        (await gateway.PostAsync(path + "/subscribe", body)).Expect(201);
    }

    [Fact]
    public async Task An_ended_subscription_does_not_stand_in_the_way_of_its_successor()
    {
        await gateway.SetStateAsync(await gateway.SubscribeAsync(), SubscriptionState.Gone, "410");
        await gateway.SubscribeAsync();
    }

    [Fact]
    public async Task What_could_not_be_stored_is_a_503_with_retry_after()
    {
        gateway.Broken = true;
        var answer = (await gateway.PostAsync("/orders/subscribe", new { callback = TestGateway.Hook })).Expect(503);
        Assert.NotNull(answer.Headers.RetryAfter);
    }

    private sealed class UnknownLength(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
