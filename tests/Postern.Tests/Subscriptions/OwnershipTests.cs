using Postern.Model;

namespace Postern.Tests.Subscriptions;

public sealed class OwnershipTests : IAsyncLifetime
{
    private TestGateway gateway = null!;

    public static TheoryData<string, string, string?> CallsWithAnId => new()
    {
        { "GET", "/{id}", null },
        { "PATCH", "/{id}", """{"mode":"structured"}""" },
        { "DELETE", "/{id}", null },
        { "POST", "/{id}/test", null },
        { "POST", "/{id}/pause", null },
        { "POST", "/{id}/resume", null },
        { "POST", "/{id}/rotate-secret", null },
        { "POST", "/{id}/replay", """{"dead":true}""" },
        { "GET", "/{id}/attempts", null },
        { "POST", "/../unsubscribe", """{"id":"{id}"}""" },
    };

    public async ValueTask InitializeAsync() => gateway = await TestGateway.StartAsync();

    public ValueTask DisposeAsync() => gateway.DisposeAsync();

    [Theory]
    [MemberData(nameof(CallsWithAnId))]
    public async Task The_subscription_of_another_consumer_is_a_404_like_a_missing_one(string method, string path, string? body)
    {
        var foreign = await gateway.SubscribeAsync(consumer: "other");
        var missing = SubscriptionId.Create();
        var before = await gateway.SnapshotAsync(foreign);

        var answer = await CallAsync(foreign, "/orders", method, path, body);
        var reference = await CallAsync(missing, "/orders", method, path, body);

        answer.Expect(404);
        Assert.Equal(reference.Body.GetRawText().Replace(missing, foreign, StringComparison.Ordinal), answer.Body.GetRawText());
        Assert.Equal(before, await gateway.SnapshotAsync(foreign));
        Assert.Empty(await gateway.EventsAsync());
    }

    [Theory]
    [MemberData(nameof(CallsWithAnId))]
    public async Task A_subscription_of_another_path_is_a_404(string method, string path, string? body)
    {
        var id = await gateway.SubscribeAsync("/orders/42");
        (await CallAsync(id, "/customers", method, path, body)).Expect(404);
        (await CallAsync(id, "/orders/43", method, path, body)).Expect(404);
        await gateway.ReadAsync(id);
    }

    [Theory]
    [MemberData(nameof(CallsWithAnId))]
    public async Task Without_a_consumer_every_call_is_a_401(string method, string path, string? body)
    {
        var id = await gateway.SubscribeAsync();
        var answer = (await CallAsync(id, "/orders", method, path, body, consumer: null)).Expect(401);
        Assert.NotEmpty(answer.Headers.WwwAuthenticate);
    }

    [Theory]
    [InlineData("POST", "/orders/subscribe")]
    [InlineData("GET", "/orders/subscriptions")]
    [InlineData("GET", "/orders/events")]
    public async Task Without_a_consumer_the_calls_without_an_id_are_a_401_too(string method, string path) =>
        (await gateway.SendAsync(new HttpMethod(method), path, consumer: null)).Expect(401);

    [Theory]
    [MemberData(nameof(CallsWithAnId))]
    public async Task The_owner_is_let_in(string method, string path, string? body)
    {
        var answer = await CallAsync(await gateway.SubscribeAsync(), "/orders", method, path, body);
        Assert.InRange(answer.Status, 200, 204);
    }

    [Fact]
    public async Task A_list_shows_the_callers_own_alone()
    {
        var mine = await gateway.SubscribeAsync();
        await gateway.SubscribeAsync(consumer: "other");
        await gateway.SubscribeAsync("/customers");

        var items = (await gateway.GetAsync("/orders/subscriptions")).Expect(200).Body.GetProperty("items");
        Assert.Equal(mine, Assert.Single(items.EnumerateArray()).GetProperty("id").GetString());
    }

    private Task<Answer> CallAsync(string id, string resource, string method, string path, string? body, string? consumer = "acme") => gateway.SendAsync(
        new HttpMethod(method), $"{resource}/subscriptions{path}".Replace("{id}", id, StringComparison.Ordinal),
        body?.Replace("{id}", id, StringComparison.Ordinal), consumer);
}
