using System.Text;
using System.Text.Json;
using Postern.Callbacks;
using Postern.Callbacks.Sending;
using Postern.Egress;
using Postern.Model;

namespace Postern.Tests.Callbacks;

public sealed class CallbackMessageTests
{
    private static readonly DateTimeOffset At = DateTimeOffset.FromUnixTimeSeconds(1614265330);

    private static readonly EventContent Rich = CallbackRig.Content("""{ "b":1,"a":"ü" }""") with
    {
        ProducerId = "Euro € 😀",
        Subject = "4 2",
        DataSchema = "https://example.com/schema",
        Audience = ["acme"],
        Target = 7,
        Extensions = new Dictionary<string, string>
        {
            ["traceparent"] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            ["tenant"] = "a\"b%",
            ["audience"] = "acme",
        },
    };

    [Fact]
    public async Task In_binary_mode_the_body_is_the_data_and_the_attributes_are_headers()
    {
        using var request = Create(Rich, CallbackMode.Binary);

        Assert.Equal(Rich.Data.ToArray(), await request.Content!.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        Assert.Equal("application/json", request.Content.Headers.ContentType!.ToString());
        Assert.Equal("1.0", Header(request, "ce-specversion"));
        Assert.Equal("Euro%20%E2%82%AC%20%F0%9F%98%80", Header(request, "ce-id"));
        Assert.Equal("orders.created", Header(request, "ce-type"));
        Assert.Equal("/orders", Header(request, "ce-source"));
        Assert.Equal("4%202", Header(request, "ce-subject"));
        Assert.Equal("2026-01-02T03:04:05Z", Header(request, "ce-time"));
        Assert.Equal("https://example.com/schema", Header(request, "ce-dataschema"));
        Assert.Equal("a%22b%25", Header(request, "ce-tenant"));
        Assert.False(request.Headers.Contains("ce-datacontenttype"));
    }

    [Theory]
    [InlineData(CallbackMode.Binary)]
    [InlineData(CallbackMode.Structured)]
    public async Task Who_may_see_an_event_is_never_sent(CallbackMode mode)
    {
        using var request = Create(Rich, mode);

        var sent = request + await request.Content!.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain("audience", sent, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("acme", sent, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("target", sent, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData(CallbackMode.Binary)]
    [InlineData(CallbackMode.Structured)]
    public async Task The_signature_covers_the_body_that_is_sent(CallbackMode mode)
    {
        using var request = Create(Rich, mode);

        var body = await request.Content!.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        var id = Header(request, "webhook-id");
        Assert.StartsWith("evt_", id, StringComparison.Ordinal);
        Assert.Equal("1614265330", Header(request, "webhook-timestamp"));
        Assert.Equal(Signature.Create([new SigningKey(CallbackRig.Secret, null)], id, At, body), Header(request, "webhook-signature"));
    }

    [Fact]
    public async Task In_structured_mode_json_data_stands_in_the_event_byte_for_byte()
    {
        using var request = Create(Rich, CallbackMode.Structured);

        var body = await request.Content!.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal("application/cloudevents+json; charset=utf-8", request.Content.Headers.ContentType!.ToString());
        Assert.EndsWith(""","data":{ "b":1,"a":"ü" }}""", body, StringComparison.Ordinal);
        using var parsed = JsonDocument.Parse(body);
        Assert.Equal("Euro € 😀", parsed.RootElement.GetProperty("id").GetString());
        Assert.Equal("application/json", parsed.RootElement.GetProperty("datacontenttype").GetString());
        Assert.Equal("a\"b%", parsed.RootElement.GetProperty("tenant").GetString());
        Assert.False(request.Headers.Contains("ce-id"));
    }

    [Theory]
    [InlineData("text/plain", "hello")]
    [InlineData("application/json", "{broken")]
    [InlineData("application/json", "1 2")]
    [InlineData("application/json", "\uFEFF{}")]
    public async Task In_structured_mode_what_is_not_json_is_base64(string mediaType, string data)
    {
        using var request = Create(CallbackRig.Content(data) with { DataContentType = mediaType }, CallbackMode.Structured);

        using var parsed = JsonDocument.Parse(await request.Content!.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.False(parsed.RootElement.TryGetProperty("data", out _));
        Assert.Equal(data, Encoding.UTF8.GetString(parsed.RootElement.GetProperty("data_base64").GetBytesFromBase64()));
    }

    [Fact]
    public void An_event_without_a_producers_id_has_the_gateways()
    {
        using var request = Create(CallbackRig.Content(), CallbackMode.Binary);

        Assert.Equal(Header(request, "webhook-id"), Header(request, "ce-id"));
    }

    [Fact]
    public void A_line_break_in_an_attribute_stays_inside_its_header()
    {
        using var request = Create(CallbackRig.Content() with { Subject = "a\r\nx-injected: 1" }, CallbackMode.Binary);

        Assert.Equal("a%0D%0Ax-injected:%201", Header(request, "ce-subject"));
    }

    [Fact]
    public void An_attempt_is_a_new_span_of_the_events_trace()
    {
        using var request = Create(Rich, CallbackMode.Binary);

        Assert.Equal("00-0af7651916cd43dd8448eb211c80319c-00000000000000ff-01", Header(request, "traceparent"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("00-00000000000000000000000000000000-b7ad6b7169203331-01")]
    [InlineData("00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01")]
    [InlineData("garbage")]
    public void An_event_without_a_trace_gets_one_of_its_own_for_all_attempts(string? parent)
    {
        var first = TraceParent.Continue(parent, "evt_1", 1);
        var second = TraceParent.Continue(parent, "evt_1", 2);

        Assert.True(TraceParent.IsValid(first));
        Assert.Equal(first[..35], second[..35]);
        Assert.NotEqual(first, second);
    }

    private static EgressRequest Create(EventContent content, CallbackMode mode)
    {
        var @event = new Event { Sequence = 1, Id = EventId.Create(1), Staged = At, Content = content };
        var protector = new SecretProtector(new byte[SecretProtector.KeyBytes]);
        return CallbackMessage.Create(@event, new SubscriptionRuntime(CallbackRig.Describe("https://example.com/hook", mode), protector, _ => true), At, 0xff);
    }

    private static string Header(EgressRequest request, string name) => Assert.Single(request.Headers.GetValues(name));
}
