namespace Postern.Tests.Subscriptions;

public sealed class UnsubscribeTests : IAsyncLifetime
{
    private TestGateway gateway = null!;

    public async ValueTask InitializeAsync() => gateway = await TestGateway.StartAsync();

    public ValueTask DisposeAsync() => gateway.DisposeAsync();

    [Fact]
    public async Task By_id_one_subscription_is_removed()
    {
        var id = await gateway.SubscribeAsync();
        var other = await gateway.SubscribeAsync(callback: "https://receiver.example/other");

        var answer = (await gateway.PostAsync("/orders/unsubscribe", new { id })).Expect(202);

        Assert.Equal([id], answer.Body.GetProperty("removed").EnumerateArray().Select(item => item.GetString()!));
        (await gateway.GetAsync($"/orders/subscriptions/{id}")).Expect(404);
        (await gateway.GetAsync($"/orders/subscriptions/{other}")).Expect(200);
    }

    [Fact]
    public async Task By_callback_all_of_the_callers_own_at_this_path_are_removed()
    {
        var first = await gateway.SubscribeAsync();
        var second = (await gateway.PostAsync("/orders/subscribe", new { callback = TestGateway.Hook, mode = "structured" })).Expect(201).Text("id");
        var record = await gateway.SubscribeAsync("/orders/42");
        var foreign = await gateway.SubscribeAsync(consumer: "other");
        var elsewhere = await gateway.SubscribeAsync("/customers");
        var differs = await gateway.SubscribeAsync(callback: TestGateway.Hook + "/");

        var answer = (await gateway.PostAsync("/orders/unsubscribe", new { callback = TestGateway.Hook })).Expect(202);

        Assert.Equal([first, second], answer.Body.GetProperty("removed").EnumerateArray().Select(item => item.GetString()!));
        foreach (var kept in new[] { record, foreign, elsewhere, differs })
        {
            await gateway.ReadAsync(kept);
        }
    }

    [Fact]
    public async Task By_callback_at_a_record_only_its_own_are_removed()
    {
        var whole = await gateway.SubscribeAsync();
        await gateway.SubscribeAsync("/orders/42");

        (await gateway.PostAsync("/orders/42/unsubscribe", new { callback = TestGateway.Hook })).Expect(202);

        await gateway.ReadAsync(whole);
        (await gateway.PostAsync("/orders/42/unsubscribe", new { callback = TestGateway.Hook })).Expect(404);
    }

    [Fact]
    public async Task The_second_time_is_a_404()
    {
        var id = await gateway.SubscribeAsync();
        (await gateway.PostAsync("/orders/unsubscribe", new { id })).Expect(202);
        (await gateway.PostAsync("/orders/unsubscribe", new { id })).Expect(404);
        (await gateway.PostAsync("/orders/unsubscribe", new { callback = TestGateway.Hook })).Expect(404);
        (await gateway.SendAsync(HttpMethod.Delete, $"/orders/subscriptions/{id}")).Expect(404);
    }

    [Fact]
    public async Task Delete_removes_too()
    {
        var id = await gateway.SubscribeAsync();
        (await gateway.SendAsync(HttpMethod.Delete, $"/orders/subscriptions/{id}")).Expect(204);
        (await gateway.GetAsync($"/orders/subscriptions/{id}")).Expect(404);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"id":null}""")]
    [InlineData("""{"id":"sub_x","callback":"https://a.example"}""")]
    [InlineData("""{"id":"sub_x","force":true}""")]
    public async Task One_of_the_two_must_be_named(string body) => (await gateway.PostAsync("/orders/unsubscribe", body)).Expect(422);

    [Fact]
    public async Task What_could_not_be_made_durable_is_a_503_and_stays()
    {
        var id = await gateway.SubscribeAsync();
        gateway.Broken = true;
        (await gateway.PostAsync("/orders/unsubscribe", new { id })).Expect(503);
        await gateway.ReadAsync(id);
    }
}
