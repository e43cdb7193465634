using System.Text;
using Postern.Model;
using Postern.Model.CloudEvents;

namespace Postern.Tests.Model.CloudEvents;

public sealed class HttpDecoderTests
{
    private const string Structured = "application/cloudevents+json";
    private const string Batch = "application/cloudevents-batch+json";
    private static readonly DateTimeOffset Now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);
    private static readonly DecodeLimits Limits = new(64 * 1024);

    private static readonly (string Name, string Value)[] Required =
        [("ce-specversion", "1.0"), ("ce-id", "1"), ("ce-source", "/orders"), ("CE-Type", "orders.created")];

    [Theory]
    [InlineData(null, nameof(ContentMode.Binary))]
    [InlineData("application/json", nameof(ContentMode.Binary))]
    [InlineData("Application/CloudEvents+json; charset=utf-8", nameof(ContentMode.Structured))]
    [InlineData("APPLICATION/CLOUDEVENTS-BATCH+JSON", nameof(ContentMode.Batch))]
    public void The_mode_is_told_by_the_beginning_of_the_content_type(string? contentType, string mode) =>
        Assert.Equal(mode, HttpDecoder.ModeOf(contentType).ToString());

    [Fact]
    public void Binary_mode_keeps_the_body_and_its_type()
    {
        byte[] body = [0, 255, 13, 10, 0];
        var content = Binary("image/png", [.. Required, ("ce-subject", "42"), ("ce-time", "2026-01-31T13:00:00.5+01:00"), ("ce-region", "eu")], body);
        Assert.Equal(body, content.Data.ToArray());
        Assert.Equal(("1", "/orders", "orders.created", "42", "image/png"), (content.ProducerId, content.Source, content.Type, content.Subject, content.DataContentType));
        Assert.Equal(Now.AddMilliseconds(500), content.Time);
        Assert.Equal("eu", Assert.Single(content.Extensions!).Value);
    }

    [Theory]
    [InlineData("Euro%20%E2%82%AC%20%F0%9F%98%80", "Euro € 😀")]
    [InlineData("%e2%82%ac", "€")]
    [InlineData("%41", "A")]
    [InlineData("\"quoted %22 \\\" end\"", "quoted \" \" end")]
    [InlineData("%2541", "%41")]
    [InlineData("plain", "plain")]
    public void Header_values_are_unquoted_and_decoded_once(string value, string expected) =>
        Assert.Equal(expected, Binary(null, [.. Required, ("ce-subject", value)], []).Subject);

    [Theory]
    [InlineData("%C0%A0")]
    [InlineData("%ED%A0%80")]
    [InlineData("%E2%82")]
    [InlineData("%zz")]
    [InlineData("50%")]
    [InlineData("line%0Abreak")]
    public void Header_values_that_are_not_text_are_refused(string value) =>
        Assert.Equal(["subject"], Errors(null, [.. Required, ("ce-subject", value)], "").Keys);

    [Fact]
    public void Everything_that_is_wrong_is_told_at_once()
    {
        var errors = Errors(
            "application/json; (",
            [("ce-specversion", "0.3"), ("ce-id", ""), ("ce-source", "a b"), ("ce-source", "/b"), ("ce-time", "yesterday"), ("ce-dataschema", "/relative"),
                ("ce-my-name", "x"), ("ce-data", "x"), ("ce-datacontenttype", "text/plain"), ("ce-subject", ""), ("ce-audience", "a,,b")],
            "");
        Assert.Equal(
            ["audience", "data", "datacontenttype", "dataschema", "id", "my-name", "source", "specversion", "subject", "time", "type"],
            errors.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_message_without_attributes_is_no_event() => Assert.IsType<DecodedEvents.Unsupported>(Decode("application/json", [], "{}"));

    [Theory]
    [InlineData("application/cloudevents+avro")]
    [InlineData("application/cloudevents")]
    [InlineData("application/cloudevents+json; charset=utf-16")]
    public void Other_formats_are_refused(string contentType) => Assert.IsType<DecodedEvents.Unsupported>(Decode(contentType, [], "{}"));

    [Theory]
    [InlineData("\"data\": { \"a\" : 1.0, \"a\":2 }", "{ \"a\" : 1.0, \"a\":2 }", "application/json")]
    [InlineData("\"data\":\"x\\u0041\"", "\"x\\u0041\"", "application/json")]
    [InlineData("\"data\":null", "null", "application/json")]
    [InlineData("\"data\":1e400", "1e400", "application/json")]
    [InlineData("\"data\":\"\\uD800\"", "\"\\uD800\"", "application/json")]
    [InlineData("\"data\":\"<a>\\u00e9\\n</a>\",\"datacontenttype\":\"text/xml\"", "<a>é\n</a>", "text/xml")]
    [InlineData("\"data\":{\"a\":1},\"datacontenttype\":\"text/xml\"", "{\"a\":1}", "text/xml")]
    [InlineData("\"data_base64\":\"AAEC\"", "\0\u0001\u0002", null)]
    [InlineData("\"subject\":null", "", null)]
    public void Structured_data_is_the_bytes_that_came(string member, string expected, string? contentType)
    {
        var content = One($$"""{"specversion":"1.0","id":"1","source":"/orders","type":"t",{{member}} }""");
        Assert.Equal(expected, Encoding.UTF8.GetString(content.Data.Span));
        Assert.Equal(contentType, content.DataContentType);
    }

    [Fact]
    public void Structured_extensions_take_their_string_form_and_the_audience_is_not_one_of_them()
    {
        var content = One("""{"audience":"acme, other,acme","flag":true,"count":-7,"specversion":"1.0","id":"1","source":"/o","type":"t"}""");
        Assert.Equal(["acme", "other"], content.Audience);
        Assert.Equal("count=-7 flag=true", string.Join(' ', content.Extensions!.OrderBy(one => one.Key).Select(one => $"{one.Key}={one.Value}")));
    }

    [Theory]
    [InlineData("\"id\":\"1\",\"id\":\"2\"", "id")]
    [InlineData("\"id\":1", "id")]
    [InlineData("\"id\":null", "id")]
    [InlineData("\"id\":\"1\",\"x\":1.5", "x")]
    [InlineData("\"id\":\"1\",\"x\":[]", "x")]
    [InlineData("\"id\":\"1\",\"X\":\"1\"", "X")]
    [InlineData("\"id\":\"1\",\"x\":\"\\uD800\"", "x")]
    [InlineData("\"id\":\"1\",\"data\":1,\"data\":2", "data")]
    [InlineData("\"id\":\"1\",\"data\":1,\"data_base64\":\"AA==\"", "data_base64")]
    [InlineData("\"id\":\"1\",\"data_base64\":\"?\"", "data_base64")]
    [InlineData("\"id\":\"1\",\"time\":\"2026-02-30T00:00:00Z\"", "time")]
    [InlineData("\"id\":\"1\",\"audience\":[\"acme\"]", "audience")]
    public void Structured_mistakes_are_told_by_attribute(string members, string attribute) =>
        Assert.Equal([attribute], Errors(Structured, [], $$"""{"specversion":"1.0","source":"/orders","type":"t",{{members}}}""").Keys);

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{}{}")]
    [InlineData("{\"a\":01}")]
    public void What_is_no_JSON_object_is_malformed(string body) => Assert.IsType<DecodedEvents.Malformed>(Decode(Structured, [], body));

    [Fact]
    public void Nesting_without_end_is_malformed_and_no_crash() =>
        Assert.IsType<DecodedEvents.Malformed>(Decode(Structured, [], "{\"data\":" + new string('[', 20_000) + new string(']', 20_000) + "}"));

    [Fact]
    public void A_batch_gives_its_events_in_order()
    {
        var valid = Assert.IsType<DecodedEvents.Valid>(Decode(Batch, [], $"[{Json("1")},\n{Json("2")}]"));
        Assert.Equal(["1", "2"], valid.Events.Select(one => one.ProducerId));
        Assert.Empty(Assert.IsType<DecodedEvents.Valid>(Decode(Batch, [], "[]")).Events);
    }

    [Fact]
    public void Mistakes_of_a_batch_are_told_by_index() =>
        Assert.Equal(["[1].id", "[2]"], Errors(Batch, [], $"[{Json("1")},{Json("")},7]").Keys.Order());

    [Fact]
    public void Sizes_are_limited()
    {
        Assert.IsType<DecodedEvents.TooLarge>(HttpDecoder.Decode("text/plain", Required, new byte[11], new DecodeLimits(10), Now));
        Assert.IsType<DecodedEvents.Valid>(HttpDecoder.Decode("text/plain", Required, new byte[10], new DecodeLimits(10), Now));
        Assert.IsType<DecodedEvents.TooLarge>(Decode(Batch, [], "[" + string.Join(",", Enumerable.Repeat(Json("1"), 1001)) + "]"));
        var large = Encoding.UTF8.GetBytes("[" + Json(new string('x', 100)) + "]");
        Assert.IsType<DecodedEvents.TooLarge>(HttpDecoder.Decode(Batch, [], large, new DecodeLimits(80), Now));
    }

    [Theory]
    [InlineData("2026-01-31T12:00:00Z", true)]
    [InlineData("2026-01-31t12:00:00.123456789z", true)]
    [InlineData("2016-12-31T23:59:60Z", true)]
    [InlineData("2026-01-31T12:00:00-23:59", true)]
    [InlineData("2026-01-31 12:00:00Z", false)]
    [InlineData("2026-01-31T12:00:00", false)]
    [InlineData("2026-01-31T12:00:00.Z", false)]
    [InlineData("2026-01-31T24:00:00Z", false)]
    [InlineData("2026-13-01T00:00:00Z", false)]
    [InlineData("2026-01-31T12:00:00+1:00", false)]
    [InlineData("0000-01-01T00:00:00Z", false)]
    [InlineData("0001-01-01T00:00:00+01:00", false)]
    public void Times_are_RFC_3339(string text, bool valid) => Assert.Equal(valid, CloudEventTime.TryParse(text, out _));

    private static string Json(string id) => $$"""{"specversion":"1.0","id":"{{id}}","source":"/orders","type":"t"}""";

    private static DecodedEvents Decode(string? contentType, (string, string)[] headers, string body) =>
        HttpDecoder.Decode(contentType, headers, Encoding.UTF8.GetBytes(body), Limits, Now);

    private static IReadOnlyDictionary<string, IReadOnlyList<string>> Errors(string? contentType, (string, string)[] headers, string body) =>
        Assert.IsType<DecodedEvents.Invalid>(Decode(contentType, headers, body)).Errors;

    private static EventContent One(string body) => Assert.Single(Assert.IsType<DecodedEvents.Valid>(Decode(Structured, [], body)).Events);

    private static EventContent Binary(string? contentType, (string, string)[] headers, byte[] body) =>
        Assert.Single(Assert.IsType<DecodedEvents.Valid>(HttpDecoder.Decode(contentType, headers, body, Limits, Now)).Events);
}
