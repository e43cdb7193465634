using System.Text.Json;
using Postern.Model;

namespace Postern.Tests.Subscriptions;

public sealed class AttemptsTests : IAsyncLifetime
{
    private TestGateway gateway = null!;
    private string id = "";

    public async ValueTask InitializeAsync()
    {
        gateway = await TestGateway.StartAsync();
        id = await gateway.SubscribeAsync();
    }

    public ValueTask DisposeAsync() => gateway.DisposeAsync();

    [Fact]
    public async Task An_attempt_says_what_happened()
    {
        var @event = await RecordAsync("nö"u8.ToArray());

        var attempt = (await gateway.GetAsync($"/orders/subscriptions/{id}/attempts")).Expect(200).Body.GetProperty("items")[0];

        Assert.Equal(
            $$"""{"number":2,"callback":"cb_1","ordinal":2,"event":"{{@event}}","eventType":"orders.created","subscription":"{{id}}","at":"2026-03-01T12:00:00+00:00","outcome":"retry","status":503,"durationMs":12.5,"error":"503 Service Unavailable","address":"192.0.2.1:443","response":"nö"}""",
            attempt.GetRawText());
    }

    [Fact]
    public async Task Bytes_that_are_no_text_are_shown_in_base64()
    {
        await RecordAsync([0xFF, 0xFE, 0x00, 0x01, 0x02, 0x03]);
        var attempt = (await gateway.GetAsync($"/orders/subscriptions/{id}/attempts")).Expect(200).Body.GetProperty("items")[0];
        Assert.Equal("//4AAQID", attempt.GetProperty("responseBase64").GetString());
        Assert.False(attempt.TryGetProperty("response", out _));
    }

    [Fact]
    public async Task A_character_that_the_limit_cut_is_left_out()
    {
        await RecordAsync([.. new string('x', 4094).Select(character => (byte)character), .. "€"u8[..2]]);
        var attempt = (await gateway.GetAsync($"/orders/subscriptions/{id}/attempts")).Expect(200).Body.GetProperty("items")[0];
        Assert.Equal(new string('x', 4094), attempt.GetProperty("response").GetString());
    }

    [Fact]
    public async Task Pages_go_from_the_newest_to_the_oldest()
    {
        var older = await RecordAsync([]);
        var newer = await RecordAsync([]);

        var first = (await gateway.GetAsync($"/orders/subscriptions/{id}/attempts?limit=3")).Expect(200).Body;
        var second = (await gateway.GetAsync($"/orders/subscriptions/{id}/attempts?limit=3&after={first.GetProperty("next").GetString()}")).Expect(200).Body;

        Assert.Equal([(newer, 2), (newer, 1), (older, 2)], Show(first));
        Assert.Equal([(older, 1)], Show(second));
        Assert.Null(second.GetProperty("next").GetString());

        static IEnumerable<(string?, int)> Show(JsonElement page) =>
            page.GetProperty("items").EnumerateArray().Select(item => (item.GetProperty("event").GetString(), item.GetProperty("ordinal").GetInt32()));
    }

    /// <summary>Two tries of one event's callback, the second with this response.</summary>
    private async Task<string> RecordAsync(byte[] response)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var callback = (await gateway.OweAsync(id))[0];
        await gateway.Store.RecordAsync(ResultOf(callback, []), cancellation);
        await gateway.Store.RecordAsync(ResultOf(callback with { Attempts = 1 }, response), cancellation);
        return (await gateway.EventsAsync())[0].Id;
    }

    private CallbackResult ResultOf(DueCallback callback, byte[] response) => new(
        callback, new CallbackOutcome.RetryAt(gateway.Time.GetUtcNow().AddHours(1)), new Attempt
        {
            At = gateway.Time.GetUtcNow(), Outcome = AttemptOutcome.Retry, Status = 503, Duration = TimeSpan.FromMilliseconds(12.5),
            Error = "503 Service Unavailable", Address = "192.0.2.1:443", Response = response,
        });
}
