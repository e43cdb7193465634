using System.Text;
using Postern.Configuration;
using Postern.Gateway.Capture;
using Postern.Gateway.Dispatch;
using Postern.Gateway.Proxy;
using Postern.Model.Resources;

namespace Postern.Tests.Gateway;

public sealed class CaptureMappingTests
{
    [Theory]
    [InlineData("POST", 200, null, "orders.created")]
    [InlineData("POST", 201, null, "orders.created")]
    [InlineData("POST", 202, null, "orders.created")]
    [InlineData("POST", 204, null, "orders.created")]
    [InlineData("POST", 200, "42", "orders.updated")]
    [InlineData("POST", 201, "42", "orders.created")]
    [InlineData("PUT", 200, "42", "orders.updated")]
    [InlineData("PUT", 201, "42", "orders.created")]
    [InlineData("PUT", 204, "42", "orders.updated")]
    [InlineData("PUT", 200, null, "orders.updated")]
    [InlineData("PATCH", 200, "42", "orders.updated")]
    [InlineData("PATCH", 204, "42", "orders.updated")]
    [InlineData("DELETE", 200, "42", "orders.deleted")]
    [InlineData("DELETE", 204, "42", "orders.deleted")]
    [InlineData("DELETE", 202, null, "orders.deleted")]
    [InlineData("GET", 200, "42", null)]
    [InlineData("HEAD", 200, "42", null)]
    [InlineData("OPTIONS", 200, null, null)]
    public void By_convention_the_type_says_what_the_method_did(string method, int status, string? key, string? type)
    {
        var record = new RecordPath { Resource = "/orders", Key = key, Names = ["orders"] };

        Assert.Equal(type, EventNaming.TypeOf(method, status, record, null, "shop"));
    }

    [Theory]
    [InlineData("POST", "customers.created")]
    [InlineData("PUT", "customers.changed")]
    [InlineData("PATCH", "customers.changed")]
    [InlineData("DELETE", null)]
    public void Configured_types_are_the_only_ones_of_their_resource(string method, string? type)
    {
        var record = new RecordPath { Resource = "/customers", Key = "7", Names = ["customers"], Configured = "/customers" };
        var resource = new ResourceConfiguration
        {
            Events = new Dictionary<string, IReadOnlyList<string>> { ["customers.created"] = ["POST"], ["customers.changed"] = ["PUT", "patch"] },
        };

        Assert.Equal(type, EventNaming.TypeOf(method, 200, record, resource, "shop"));
    }

    [Fact]
    public void The_root_of_an_API_is_named_by_the_API() =>
        Assert.Equal("shop.created", EventNaming.TypeOf("POST", 200, new RecordPath { Resource = "/", Names = [] }, null, "shop"));

    [Theory]
    [InlineData("/orders/42", "42")]
    [InlineData("/orders/42/", "42")]
    [InlineData("http://inside:5080/base/orders/42?x=1#y", "42")]
    [InlineData("orders/42", "42")]
    [InlineData("42", "42")]
    [InlineData("/orders/a%20b", "a b")]
    [InlineData("/orders/a%2Fb", "a%2Fb")]
    [InlineData("/jobs/9", null)]
    [InlineData("/42", null)]
    [InlineData("/orders", null)]
    [InlineData("..", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    [InlineData("http://inside", null)]
    public void A_Location_gives_the_key_when_it_leads_below_the_resource(string? location, string? key) =>
        Assert.Equal(key, RecordKey.FromLocation(location, "/shop/orders"));

    [Theory]
    [InlineData("""{"id":42}""", "42")]
    [InlineData("""{"id":42.50}""", "42.50")]
    [InlineData("""{"id":"a-1"}""", "a-1")]
    [InlineData("""{"id":"a\u002db"}""", "a-b")]
    [InlineData("""{"id":"a/b"}""", "a%2Fb")]
    [InlineData("""{"nested":{"id":1},"list":[{"id":2}],"id":3}""", "3")]
    [InlineData("""{"id":12345678901234567890123}""", "12345678901234567890123")]
    [InlineData("""{"id":7,"text":"cut of""", "7")]
    [InlineData("""{"text":"cut of""", null)]
    [InlineData("""{"id":""}""", null)]
    [InlineData("""{"id":null}""", null)]
    [InlineData("""{"id":{"a":1}}""", null)]
    [InlineData("""[{"id":1}]""", null)]
    [InlineData("""{"id":"\ud800"}""", null)]
    [InlineData("42", null)]
    [InlineData("id=42", null)]
    [InlineData("", null)]
    public void A_JSON_body_gives_the_key_as_it_is_written(string json, string? key) =>
        Assert.Equal(key, RecordKey.FromJson(Encoding.UTF8.GetBytes(json), "id"));

    [Theory]
    [InlineData("Response", "response", "request", "response", null)]
    [InlineData("Response", "", "request", "request", null)]
    [InlineData("Response", "", "", """{"resource":"/orders","key":"42"}""", null)]
    [InlineData("Request", "response", "request", "request", null)]
    [InlineData("Request", "response", "", """{"resource":"/orders","key":"42"}""", null)]
    [InlineData("None", "response", "request", """{"resource":"/orders","key":"42"}""", null)]
    [InlineData("Response", "omitted", "request", """{"resource":"/orders","key":"42"}""", "size")]
    [InlineData("Request", "omitted", "request", "request", null)]
    public void Data_comes_from_where_it_is_configured(string data, string response, string request, string expected, string? omitted)
    {
        var content = EventComposer.Compose(Change("42") with
        {
            Data = Enum.Parse<CaptureData>(data),
            Response = response == "omitted" ? new CapturedBody(default, "text/plain", OmittedReason.Size) : Body(response),
            Request = Body(request),
        });

        Assert.Equal(expected, Encoding.UTF8.GetString(content.Data.Span));
        Assert.Equal(expected[0] == '{' ? "application/json" : "text/plain", content.DataContentType);
        Assert.Equal(omitted, content.Extensions!.GetValueOrDefault("dataomitted"));
    }

    [Fact]
    public void The_key_comes_from_the_path_before_Location_before_the_response_before_the_request()
    {
        var change = Change("1") with { Location = "/orders/2", Response = Json("""{"id":3}"""), Request = Json("""{"id":4}""") };

        Assert.Equal("1", EventComposer.Compose(change).Subject);
        Assert.Equal("2", EventComposer.Compose(change with { Key = null }).Subject);
        Assert.Equal("3", EventComposer.Compose(change with { Key = null, Location = null }).Subject);
        Assert.Equal("4", EventComposer.Compose(change with { Key = null, Location = null, Response = default }).Subject);
        Assert.Null(EventComposer.Compose(change with { Key = null, Location = null, Response = default, Request = default }).Subject);
    }

    [Fact]
    public void A_body_that_says_nothing_of_its_kind_is_bytes() =>
        Assert.Equal(
            "application/octet-stream",
            EventComposer.Compose(Change("1") with { Response = new CapturedBody(new byte[] { 1 }, null, null) }).DataContentType);

    private static CapturedBody Body(string text) => new(Encoding.UTF8.GetBytes(text), "text/plain", null);

    private static CapturedBody Json(string text) => new(Encoding.UTF8.GetBytes(text), "application/json", null);

    private static Change Change(string? key) => new()
    {
        Type = "orders.updated",
        Resource = "/orders",
        Key = key,
        KeyField = "id",
        Request = default,
        Response = default,
        Data = CaptureData.Response,
        Trace = new TraceContext("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", null),
        Time = DateTimeOffset.UnixEpoch,
    };
}
