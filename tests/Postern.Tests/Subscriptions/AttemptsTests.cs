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
        Record(1, "nö"u8.ToArray());

        var attempt = (await gateway.GetAsync($"/orders/subscriptions/{id}/attempts")).Expect(200).Body.GetProperty("items")[0];

        Assert.Equal(
            """{"at":"2026-03-01T12:00:00+00:00","event":"evt_1","eventType":"orders.created","ordinal":2,"outcome":"retry","status":503,"durationMs":12.5,"error":"503 Service Unavailable","address":"192.0.2.1:443","response":"nö"}""",
            attempt.GetRawText());
    }

    [Fact]
    public async Task Bytes_that_are_no_text_are_shown_in_base64()
    {
        Record(1, [0xFF, 0xFE, 0x00, 0x01, 0x02, 0x03]);
        var attempt = (await gateway.GetAsync($"/orders/subscriptions/{id}/attempts")).Expect(200).Body.GetProperty("items")[0];
        Assert.Equal("//4AAQID", attempt.GetProperty("responseBase64").GetString());
        Assert.False(attempt.TryGetProperty("response", out _));
    }

    [Fact]
    public async Task A_character_that_the_limit_cut_is_left_out()
    {
        Record(1, [.. new string('x', 4094).Select(character => (byte)character), .. "€"u8[..2]]);
        var attempt = (await gateway.GetAsync($"/orders/subscriptions/{id}/attempts")).Expect(200).Body.GetProperty("items")[0];
        Assert.Equal(new string('x', 4094), attempt.GetProperty("response").GetString());
    }

    [Fact]
    public async Task Pages_go_from_the_newest_to_the_oldest()
    {
        for (var number = 1; number <= 3; number++)
        {
            Record(number, []);
        }

        var first = (await gateway.GetAsync($"/orders/subscriptions/{id}/attempts?limit=2")).Expect(200).Body;
        var second = (await gateway.GetAsync($"/orders/subscriptions/{id}/attempts?limit=2&after={first.GetProperty("next").GetString()}")).Expect(200).Body;

        Assert.Equal(["evt_3", "evt_2"], first.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("event").GetString()));
        Assert.Equal(["evt_1"], second.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("event").GetString()));
        Assert.Null(second.GetProperty("next").GetString());
    }

    private void Record(long number, byte[] response) => gateway.Store.Attempts.Add(new AttemptEntry(
        new Attempt
        {
            Number = number, At = gateway.Time.GetUtcNow(), Outcome = AttemptOutcome.Retry, Status = 503, Duration = TimeSpan.FromMilliseconds(12.5),
            Error = "503 Service Unavailable", Address = "192.0.2.1:443", Response = response,
        },
        Callback: 7, Ordinal: 2, $"evt_{number}", "orders.created", id));
}
