namespace Postern.Tests.Subscriptions;

public sealed class CatalogueTests : IAsyncLifetime
{
    private TestGateway gateway = null!;

    public async ValueTask InitializeAsync() => gateway = await TestGateway.StartAsync();

    public ValueTask DisposeAsync() => gateway.DisposeAsync();

    [Theory]
    [InlineData("/orders", "orders")]
    [InlineData("/blog/posts", "posts")]
    [InlineData("/blog/posts/7/comments", "posts.comments")]
    [InlineData("/blog/v2/posts", "v2.posts")]
    [InlineData("/orders/abc/notes", "orders.notes")]
    [InlineData("/blog", "blog")]
    public async Task By_convention_a_resource_has_three_events(string resource, string prefix) => Assert.Equal(
        [$"{prefix}.created", $"{prefix}.updated", $"{prefix}.deleted"], await TypesAsync(resource));

    [Theory]
    [InlineData("/orders/events", 200)]
    [InlineData("/orders/subscriptions", 200)]
    [InlineData("/orders/subscriptions/sub_none", 404)]
    public async Task What_is_said_of_now_is_kept_by_no_cache(string path, int status) =>
        Assert.True((await gateway.GetAsync(path)).Expect(status).Headers.CacheControl!.NoStore);

    [Fact]
    public async Task A_configured_resource_has_the_events_it_says() =>
        Assert.Equal(["customers.created", "customers.changed"], await TypesAsync("/customers"));

    [Theory]
    [InlineData("customers.changed", 201)]
    [InlineData("customers.deleted", 422)]
    [InlineData("customers.notes.created", 201)]
    [InlineData("customers..created", 422)]
    [InlineData("orders.created", 422)]
    public async Task A_configured_resource_takes_its_own_types_and_those_below_it(string type, int status) =>
        (await gateway.PostAsync("/customers/subscribe", new { callback = TestGateway.Hook, events = new[] { type } })).Expect(status);

    [Fact]
    public async Task The_schema_stands_beside_its_type_and_an_unreadable_one_is_left_out()
    {
        var items = (await gateway.GetAsync("/customers/events")).Expect(200).Body.GetProperty("items");
        Assert.Equal("""{"type":"object","required":["id"]}""", items[0].GetProperty("schema").GetRawText());
        Assert.Equal("""["PUT","PATCH"]""", items[1].GetProperty("methods").GetRawText());
        Assert.False(items[1].TryGetProperty("schema", out _));
    }

    private async Task<IEnumerable<string>> TypesAsync(string resource) =>
        [.. (await gateway.GetAsync(resource + "/events")).Expect(200).Body.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("type").GetString()!)];
}
