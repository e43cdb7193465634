using Postern.Model.Resources;

namespace Postern.Tests.Model.Resources;

public sealed class ResourceMatcherTests
{
    [Theory]
    [InlineData("/orders", "/orders", null, "orders")]
    [InlineData("/orders/42", "/orders", "42", "orders")]
    [InlineData("/orders/42/items", "/orders/42/items", null, "orders.items")]
    [InlineData("/orders/42/items/7", "/orders/42/items", "7", "orders.items")]
    [InlineData("/api/v1/orders", "/api/v1/orders", null, "api.v1.orders")]
    [InlineData("/api/v1/orders/A-17", "/api/v1/orders", "A-17", "api.v1.orders")]
    [InlineData("/users/550e8400-e29b-41d4-a716-446655440000", "/users", "550e8400-e29b-41d4-a716-446655440000", "users")]
    [InlineData("/users/01ARZ3NDEKTSV4RRFFQ69G5FAV", "/users", "01ARZ3NDEKTSV4RRFFQ69G5FAV", "users")]
    [InlineData("/posts/hello", "/posts/hello", null, "posts.hello")]
    [InlineData("/42", "/42", null, "42")]
    [InlineData("/rates/2024/11", "/rates/2024", "11", "rates")]
    [InlineData("/", "/", null, "")]
    public void Without_configured_resources_keys_are_known_by_their_shape(string path, string resource, string? key, string names) =>
        Check(new ResourceMatcher("", null), path, lastIsKey: false, resource, key, names);

    [Theory]
    [InlineData("/posts/hello", "/posts", "hello", "posts")]
    [InlineData("/orders/42", "/orders", "42", "orders")]
    [InlineData("/settings", "/settings", null, "settings")]
    [InlineData("/orders/42/status", "/orders/42/status", null, "orders.status")]
    [InlineData("/orders/42/items/blue", "/orders/42/items", "blue", "orders.items")]
    public void What_changes_or_removes_a_record_ends_in_its_key(string path, string resource, string? key, string names) =>
        Check(new ResourceMatcher("", null), path, lastIsKey: true, resource, key, names);

    [Theory]
    [InlineData("/orders", "/orders", null, "orders")]
    [InlineData("/orders/blue", "/orders", "blue", "orders")]
    [InlineData("/orders/blue/items", "/orders/blue/items", null, "orders.items")]
    [InlineData("/orders/blue/items/7", "/orders/blue/items", "7", "orders.items")]
    [InlineData("/customers/7", "/customers", "7", "customers")]
    [InlineData("/customers/me/orders", "/customers/me/orders", null, "customers.orders")]
    [InlineData("/customers/me/orders/x", "/customers/me/orders", "x", "customers.orders")]
    [InlineData("/a/b", "/a/b", null, "a.b")]
    public void The_longest_configured_resource_wins_and_one_segment_is_its_key(string path, string resource, string? key, string names) =>
        Check(new ResourceMatcher("", ["/a", "/orders", "/customers", "/customers/{customer}/orders", "/a/b"]), path, lastIsKey: false, resource, key, names);

    [Theory]
    [InlineData("/order")]
    [InlineData("/ordersx/1")]
    [InlineData("/")]
    [InlineData("/x/orders")]
    public void A_path_that_no_configured_resource_covers_is_none(string path) =>
        Assert.Null(new ResourceMatcher("", ["/orders"]).Match(Split(path), lastIsKey: false));

    [Fact]
    public void Resources_are_named_as_they_stand_at_the_gateway()
    {
        var matcher = new ResourceMatcher("/shop", ["/orders"]);

        var record = matcher.Match(["orders", "42"], lastIsKey: false)!;

        Assert.Equal(("/shop/orders", "42"), (record.Resource, record.Key));
        Assert.Equal("orders", string.Join('.', record.Names));
        Assert.Equal(["/shop/orders"], matcher.Resources!);
    }

    private static void Check(ResourceMatcher matcher, string path, bool lastIsKey, string resource, string? key, string names)
    {
        var record = matcher.Match(Split(path), lastIsKey)!;

        Assert.Equal((resource, key, names), (record.Resource, record.Key, string.Join('.', record.Names)));
    }

    private static string[] Split(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries);
}
