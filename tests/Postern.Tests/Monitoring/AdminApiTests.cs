using Postern.Model;
using Postern.Monitoring;

namespace Postern.Tests.Monitoring;

public sealed class AdminApiTests : IAsyncLifetime
{
    private AdminServer server = null!;

    public async ValueTask InitializeAsync() => server = await AdminServer.StartAsync();

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Theory]
    [InlineData("events", "sequence")]
    [InlineData("subscriptions", "id")]
    [InlineData("callbacks", "id")]
    [InlineData("attempts", "number")]
    [InlineData("endpoints", "endpoint")]
    public async Task Pages_show_1200_entries_without_gaps_or_repeats(string list, string key)
    {
        for (var number = 1; number <= 1200; number++)
        {
            server.Store.Events.Add(Recorded.Event(number));
            server.Store.Subscriptions.Add(Recorded.Subscription(number));
            server.Store.Callbacks.Add(Recorded.Callback(number));
            server.Store.Attempts.Add(Recorded.Attempt(number));
            var name = $"https://host{number}:443";
            server.Service<EndpointBoard>().Register(name, () => new EndpointStatus(name, 1, 0, 64, null, null, null, null));
        }

        List<string> seen = [];
        string? next = null;
        do
        {
            var page = await server.GetAsync($"/api/{list}?limit=400" + (next is null ? "" : "&after=" + Uri.EscapeDataString(next)));
            seen.AddRange(page["items"]!.AsArray().Select(entry => entry![key]!.ToString()));
            next = (string?)page["next"];
        }
        while (next is not null && seen.Count < 5000);

        Assert.Equal(1200, seen.Count);
        Assert.Equal(1200, seen.Distinct().Count());
    }

    [Fact]
    public async Task A_page_has_100_entries_unless_told_and_the_last_one_says_so()
    {
        server.Store.Events.AddRange(Enumerable.Range(1, 200).Select(sequence => Recorded.Event(sequence)));
        var first = await server.GetAsync("/api/events");
        Assert.Equal(100, first["items"]!.AsArray().Count);
        var second = await server.GetAsync($"/api/events?after={first["next"]}");
        Assert.Equal(100, second["items"]!.AsArray().Count);
        Assert.True(second.AsObject().ContainsKey("next"));
        Assert.Null(second["next"]);
    }

    [Fact]
    public async Task Events_come_newest_first_and_can_be_filtered()
    {
        server.Store.Events.AddRange(
        [
            Recorded.Event(1), Recorded.Event(2, type: "orders.deleted"), Recorded.Event(3, source: "/customers"), Recorded.Event(4, subject: "7"),
        ]);
        Assert.Equal("4 3 2 1", await Sequences("/api/events"));
        Assert.Equal("2", await Sequences("/api/events?type=orders.deleted"));
        Assert.Equal("3", await Sequences("/api/events?source=/customers"));
        Assert.Equal("4", await Sequences("/api/events?subject=7"));
        Assert.Equal("4 1", await Sequences("/api/events?source=/orders&type=orders.created"));
    }

    [Fact]
    public async Task Json_data_is_shown_inline_as_it_was_written()
    {
        server.Store.Events.Add(Recorded.Event(1, data: """{"total":1.50,"big":12345678901234567890123}"""));
        var text = (await server.GetAsync("/api/events/" + server.Store.Events[0].Id)).ToJsonString();
        Assert.Contains("\"data\":{\"total\":1.50,\"big\":12345678901234567890123}", text, StringComparison.Ordinal);
        Assert.DoesNotContain("dataBase64", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/json", "{broken")]
    [InlineData("text/plain", "{}")]
    public async Task Other_data_is_shown_in_base64(string contentType, string data)
    {
        server.Store.Events.Add(Recorded.Event(1, contentType: contentType, data: data));
        var shown = await server.GetAsync("/api/events/" + server.Store.Events[0].Id);
        Assert.Equal(data, System.Text.Encoding.UTF8.GetString(Convert.FromBase64String((string)shown["dataBase64"]!)));
        Assert.False(shown.AsObject().ContainsKey("data"));
    }

    [Fact]
    public async Task A_list_of_events_leaves_their_data_out()
    {
        server.Store.Events.Add(Recorded.Event(1));
        var entry = (await server.GetAsync("/api/events"))["items"]![0]!.AsObject();
        Assert.False(entry.ContainsKey("data"));
        Assert.Equal(14, (int)entry["dataBytes"]!);
    }

    [Fact]
    public async Task Subscriptions_can_be_filtered_and_read()
    {
        server.Store.Subscriptions.AddRange(
        [
            Recorded.Subscription(1), Recorded.Subscription(2, consumer: "globex"), Recorded.Subscription(3, state: SubscriptionState.Paused),
            Recorded.Subscription(4, resource: "/customers"),
        ]);
        Assert.Equal("sub_1 sub_2 sub_3 sub_4", await Ids("/api/subscriptions"));
        Assert.Equal("sub_2", await Ids("/api/subscriptions?consumer=globex"));
        Assert.Equal("sub_3", await Ids("/api/subscriptions?state=paused"));
        Assert.Equal("sub_4", await Ids("/api/subscriptions?resource=/customers"));
        Assert.Equal("sub_1", await Ids("/api/subscriptions?callback=https://example.com/1"));
        var one = await server.GetAsync("/api/subscriptions/sub_1");
        Assert.Equal("blue", (string?)one["metadata"]!["team"]);
        Assert.Equal("orders.created", (string?)one["filter"]![0]!["exact"]!["type"]);
    }

    [Fact]
    public async Task Callbacks_can_be_filtered_by_state_and_subscription()
    {
        server.Store.Subscriptions.AddRange([Recorded.Subscription(1), Recorded.Subscription(2)]);
        server.Store.Callbacks.AddRange([Recorded.Callback(1), Recorded.Callback(2, CallbackState.Dead), Recorded.Callback(3, subscription: "sub_2")]);
        Assert.Equal("cb_2", await Ids("/api/callbacks?state=dead"));
        Assert.Equal("cb_3", await Ids("/api/callbacks?subscription=sub_2"));
        Assert.Equal("", await Ids("/api/callbacks?subscription=sub_nobody"));
    }

    [Fact]
    public async Task Attempts_can_be_filtered_by_subscription_event_and_outcome()
    {
        server.Store.Subscriptions.AddRange([Recorded.Subscription(1), Recorded.Subscription(2)]);
        server.Store.Events.AddRange([Recorded.Event(1), Recorded.Event(2)]);
        server.Store.Attempts.AddRange([Recorded.Attempt(1), Recorded.Attempt(2, AttemptOutcome.Retry), Recorded.Attempt(3, subscription: 2), Recorded.Attempt(4, @event: 2)]);
        Assert.Equal("4 3 2 1", await Numbers("/api/attempts"));
        Assert.Equal("2", await Numbers("/api/attempts?outcome=retry"));
        Assert.Equal("3", await Numbers("/api/attempts?subscription=sub_2"));
        Assert.Equal("4", await Numbers("/api/attempts?event=" + server.Store.Events[1].Id));
        Assert.Equal("", await Numbers("/api/attempts?event=" + EventId.Create(99)));
    }

    [Fact]
    public async Task A_response_cut_within_a_character_is_still_text_and_binary_is_base64()
    {
        server.Store.Attempts.Add(Recorded.Attempt(1, response: [.. "caf"u8, 0xC3]));
        server.Store.Attempts.Add(Recorded.Attempt(2, response: [0xFF, 0xFE, 0x00, 0xFF, 0xFF]));
        var items = (await server.GetAsync("/api/attempts"))["items"]!;
        Assert.Equal("//4A//8=", (string?)items[0]!["responseBase64"]);
        Assert.StartsWith("caf", (string?)items[1]!["response"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_bad_parameter_is_named_at_once()
    {
        var problem = await server.GetAsync("/api/subscriptions?limit=501&after=x&state=lazy&colour=red", 422);
        Assert.Equal(["after", "colour", "limit", "state"], problem["errors"]!.AsObject().Select(error => error.Key).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("/api/events?limit=0")]
    [InlineData("/api/events?limit=")]
    [InlineData("/api/events?after=-1")]
    [InlineData("/api/events?type=a&type=b")]
    [InlineData("/api/attempts?event=nonsense")]
    [InlineData("/api/endpoints?limit=x")]
    [InlineData("/api/consumers?name=x")]
    public async Task A_bad_parameter_is_a_422(string path) => Assert.NotNull((await server.GetAsync(path, 422))["errors"]);

    [Theory]
    [InlineData("/api/events/evt_none")]
    [InlineData("/api/subscriptions/sub_none")]
    [InlineData("/api/nothing")]
    [InlineData("/api/events/")]
    public async Task What_is_not_there_is_a_404(string path) => await server.GetAsync(path, 404);

    [Fact]
    public async Task The_wrong_method_is_a_405_that_names_the_right_one()
    {
        using var response = await server.SendAsync("/api/events", method: "DELETE");
        Assert.Equal(405, (int)response.StatusCode);
        Assert.Equal(["GET", "HEAD"], response.Content.Headers.Allow.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_store_that_cannot_answer_is_a_503_with_a_time_to_wait()
    {
        server.Store.Unavailable = true;
        using var response = await server.SendAsync("/api/events");
        Assert.Equal(503, (int)response.StatusCode);
        Assert.NotNull(response.Headers.RetryAfter);
    }

    private Task<string> Sequences(string path) => Column(path, "sequence");

    private Task<string> Ids(string path) => Column(path, "id");

    private Task<string> Numbers(string path) => Column(path, "number");

    private async Task<string> Column(string path, string name) =>
        string.Join(' ', (await server.GetAsync(path))["items"]!.AsArray().Select(entry => entry![name]!.ToString()));
}
