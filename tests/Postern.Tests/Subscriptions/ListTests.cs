namespace Postern.Tests.Subscriptions;

public sealed class ListTests : IAsyncLifetime
{
    private TestGateway gateway = null!;

    public async ValueTask InitializeAsync() => gateway = await TestGateway.StartAsync();

    public ValueTask DisposeAsync() => gateway.DisposeAsync();

    [Fact]
    public async Task Pages_show_everything_once_and_in_order()
    {
        var made = new List<string?>();
        for (var index = 0; index < 5; index++)
        {
            made.Add(await gateway.SubscribeAsync($"/orders/{index}"));
        }

        var seen = new List<string?>();
        var sizes = new List<int>();
        string? next = null;
        do
        {
            var page = (await gateway.GetAsync("/orders/subscriptions?limit=2" + (next is null ? "" : "&after=" + next))).Expect(200).Body;
            var ids = page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetString()).ToList();
            seen.AddRange(ids);
            sizes.Add(ids.Count);
            next = page.GetProperty("next").GetString();
        }
        while (next is not null);

        Assert.Equal(made, seen);
        Assert.Equal([2, 2, 1], sizes);
    }

    [Fact]
    public async Task The_path_of_a_record_lists_its_own_alone()
    {
        await gateway.SubscribeAsync();
        await gateway.SubscribeAsync("/orders/41");
        var id = await gateway.SubscribeAsync("/orders/42");

        var items = (await gateway.GetAsync("/orders/42/subscriptions")).Expect(200).Body.GetProperty("items");
        Assert.Equal(id, Assert.Single(items.EnumerateArray()).GetProperty("id").GetString());
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=501", "limit")]
    [InlineData("limit=x", "limit")]
    [InlineData("after=-1", "after")]
    [InlineData("after=", "after")]
    public async Task A_page_that_cannot_be_is_a_422(string query, string field) =>
        Assert.Equal([field], (await gateway.GetAsync("/orders/subscriptions?" + query)).Expect(422).Errors);

    [Fact]
    public async Task The_largest_page_is_500() => (await gateway.GetAsync("/orders/subscriptions?limit=500")).Expect(200);
}
