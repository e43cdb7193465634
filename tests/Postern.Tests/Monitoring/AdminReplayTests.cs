using Postern.Model;

namespace Postern.Tests.Monitoring;

public sealed class AdminReplayTests : IAsyncLifetime
{
    private AdminServer server = null!;

    public async ValueTask InitializeAsync()
    {
        server = await AdminServer.StartAsync();
        server.Store.Subscriptions.AddRange([Recorded.Subscription(1), Recorded.Subscription(2, state: SubscriptionState.Gone)]);
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task A_dead_callback_is_owed_again_and_given_to_the_hub()
    {
        server.Store.Callbacks.AddRange([Recorded.Callback(6), Recorded.Callback(7, CallbackState.Dead)]);
        var answer = await server.PostAsync("/api/callbacks/cb_7/replay", 202);
        Assert.Equal(("cb_7", "pending"), ((string)answer["id"]!, (string)answer["state"]!));
        Assert.Equal(7, Assert.Single(await server.PublishedAsync()).Id);
    }

    [Fact]
    public async Task A_callback_that_is_still_owed_is_no_dead_one()
    {
        server.Store.Callbacks.Add(Recorded.Callback(7));
        await server.PostAsync("/api/callbacks/cb_7/replay", 404);
    }

    [Theory]
    [InlineData("/api/callbacks/cb_8/replay")]
    [InlineData("/api/callbacks/8/replay")]
    [InlineData("/api/subscriptions/sub_none/replay")]
    public async Task Replay_of_what_is_not_there_is_a_404(string path)
    {
        server.Store.Callbacks.Add(Recorded.Callback(9, CallbackState.Dead));
        await server.PostAsync(path, 404);
    }

    [Theory]
    [InlineData("/api/callbacks/cb_7/replay")]
    [InlineData("/api/subscriptions/sub_2/replay")]
    public async Task Nothing_is_revived_for_a_subscription_that_has_ended(string path)
    {
        server.Store.Callbacks.Add(Recorded.Callback(7, CallbackState.Dead, "sub_2"));
        await server.PostAsync(path, 409);
        Assert.Equal(CallbackState.Dead, server.Store.Callbacks[0].State);
    }

    [Fact]
    public async Task A_replay_of_a_subscription_is_a_job_for_its_dead_callbacks_unless_it_says_otherwise()
    {
        var job = await server.PostAsync("/api/subscriptions/sub_1/replay", 202);
        var named = await server.PostAsync("/api/subscriptions/sub_1/replay", 202, """{"from":"2026-05-01T12:00:00Z","rate":5}""");

        Assert.Equal(("dead", "sub_1", 200), ((string)job["kind"]!, (string)job["subscription"]!, (int)job["rate"]!));
        Assert.Equal(("range", 5), ((string)named["kind"]!, (int)named["rate"]!));
    }

    [Fact]
    public async Task A_replay_of_an_endpoint_takes_any_url_of_it()
    {
        var job = await server.PostAsync("/api/endpoints/replay", 202, """{"endpoint":"https://Example.com/hooks","rate":5}""");
        Assert.Equal(("dead", "https://example.com:443", 5), ((string)job["kind"]!, (string)job["endpoint"]!, (int)job["rate"]!));
        Assert.Null(job["subscription"]);
    }

    [Theory]
    [InlineData("""{"subscription":"sub_1","missed":true}""", "missed", "sub_1", null)]
    [InlineData("""{"endpoint":"http://127.0.0.1:9000","dead":true}""", "dead", null, "http://127.0.0.1:9000")]
    [InlineData("""{"all":true,"dead":true}""", "dead", null, null)]
    public async Task A_job_is_for_one_subscription_one_endpoint_or_all(string body, string kind, string? subscription, string? endpoint)
    {
        var job = await server.PostAsync("/api/jobs", 202, body);
        Assert.Equal((kind, subscription, endpoint), ((string)job["kind"]!, (string?)job["subscription"], (string?)job["endpoint"]));
    }

    [Theory]
    [InlineData("/api/jobs", """{"dead":true}""", "subscription")]
    [InlineData("/api/jobs", """{"dead":true,"all":true,"subscription":"sub_1"}""", "subscription")]
    [InlineData("/api/jobs", """{"dead":true,"all":"yes"}""", "all")]
    [InlineData("/api/jobs", """{"missed":true,"all":true}""", "dead")]
    [InlineData("/api/jobs", """{"dead":true,"endpoint":"example.com"}""", "endpoint")]
    [InlineData("/api/endpoints/replay", "{}", "endpoint")]
    [InlineData("/api/endpoints/replay", """{"endpoint":7}""", "endpoint")]
    [InlineData("/api/endpoints/replay", """{"endpoint":"https://example.com","dead":true}""", "dead")]
    [InlineData("/api/subscriptions/sub_1/replay", """{"events":["evt_none"]}""", "events[0]")]
    public async Task What_is_wrong_with_a_job_is_told_by_field(string path, string body, string field)
    {
        var problem = await server.PostAsync(path, 422, body);
        Assert.Equal([field], problem["errors"]!.AsObject().Select(error => error.Key));
    }

    [Fact]
    public async Task Jobs_are_listed_read_paused_resumed_and_cancelled()
    {
        var id = (string)(await server.PostAsync("/api/jobs", 202, """{"all":true,"dead":true}"""))["id"]!;
        await server.PostAsync("/api/subscriptions/sub_1/replay", 202);

        Assert.Equal("paused", (string)(await server.PostAsync($"/api/jobs/{id}/pause", 200))["state"]!);
        Assert.Equal(id, (string)Assert.Single((await server.GetAsync("/api/jobs?state=paused"))["items"]!.AsArray())!["id"]!);
        Assert.Equal("running", (string)(await server.PostAsync($"/api/jobs/{id}/resume", 200))["state"]!);
        Assert.Single((await server.GetAsync("/api/jobs?subscription=sub_1"))["items"]!.AsArray());
        Assert.Empty((await server.GetAsync("/api/jobs?subscription=sub_none"))["items"]!.AsArray());
        using var cancelled = await server.SendAsync($"/api/jobs/{id}", method: "DELETE");
        Assert.True(cancelled.IsSuccessStatusCode);
        Assert.Equal("cancelled", (string)(await server.GetAsync($"/api/jobs/{id}"))["state"]!);
        await server.GetAsync("/api/jobs/job_none", 404);
        await server.GetAsync("/api/jobs?state=wrong", 422);
    }
}
