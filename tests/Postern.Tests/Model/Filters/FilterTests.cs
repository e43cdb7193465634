using System.Text;
using System.Text.Json;
using Postern.Model;
using Postern.Model.Filters;

namespace Postern.Tests.Model.Filters;

public sealed class FilterTests
{
    private const string Data = """
        {"customer":{"id":"c-7","vip":true,"rank":42.0,"note":null},"items":[{"sku":"A-1"},{"sku":"B-2"}],
         "odd name":"x","a.b":"dotted","big":9007199254740993,"empty":""}
        """;

    [Theory]
    [InlineData("""{"exact":{"type":"orders.created"}}""", true)]
    [InlineData("""{"exact":{"type":"Orders.created"}}""", false)]
    [InlineData("""{"exact":{"type":"orders.created","subject":"43"}}""", false)]
    [InlineData("""{"exact":{"region":"eu"}}""", true)]
    [InlineData("""{"exact":{"missing":"eu"}}""", false)]
    [InlineData("""{"not":{"exact":{"missing":"eu"}}}""", true)]
    [InlineData("""{"prefix":{"type":"orders."}}""", true)]
    [InlineData("""{"suffix":{"type":".deleted"}}""", false)]
    [InlineData("""{"suffix":{"type":".created"}}""", true)]
    [InlineData("""{"exact":{"id":"p-1"}}""", true)]
    [InlineData("""{"prefix":{"time":"2026-01-31T12:"}}""", true)]
    [InlineData("""{"all":[{"exact":{"subject":"42"}},{"prefix":{"type":"orders."}}]}""", true)]
    [InlineData("""{"any":[{"exact":{"subject":"43"}},{"prefix":{"type":"orders."}}]}""", true)]
    [InlineData("""{"any":[{"exact":{"subject":"43"}}]}""", false)]
    [InlineData("""[{"exact":{"subject":"42"}},{"exact":{"subject":"43"}}]""", false)]
    public void Attributes_are_compared_as_the_specification_says(string filter, bool expected) => Assert.Equal(expected, Ask(filter, Data));

    [Theory]
    [InlineData("""{"exact":{"data.customer.id":"c-7"}}""", true)]
    [InlineData("""{"exact":{"$.customer.id":"c-7"}}""", true)]
    [InlineData("""{"exact":{"$['customer'][\"id\"]":"c-7"}}""", true)]
    [InlineData("""{"exact":{"data.customer.vip":true}}""", true)]
    [InlineData("""{"exact":{"data.customer.vip":"true"}}""", false)]
    [InlineData("""{"exact":{"data.customer.rank":42}}""", true)]
    [InlineData("""{"exact":{"data.customer.rank":4.2e1}}""", true)]
    [InlineData("""{"exact":{"data.customer.rank":42.5}}""", false)]
    [InlineData("""{"exact":{"data.big":9007199254740992}}""", false)]
    [InlineData("""{"exact":{"data.customer.note":null}}""", true)]
    [InlineData("""{"exact":{"data.customer.missing":null}}""", false)]
    [InlineData("""{"exact":{"data.items[0].sku":"A-1"}}""", true)]
    [InlineData("""{"exact":{"data.items[-1].sku":"B-2"}}""", true)]
    [InlineData("""{"exact":{"data.items[2].sku":"B-2"}}""", false)]
    [InlineData("""{"exact":{"data.items[*].sku":"B-2"}}""", true)]
    [InlineData("""{"prefix":{"data.items[*].sku":"C"}}""", false)]
    [InlineData("""{"exact":{"$['odd name']":"x"}}""", true)]
    [InlineData("""{"exact":{"data['a.b']":"dotted"}}""", true)]
    [InlineData("""{"exact":{"data.empty":""}}""", true)]
    [InlineData("""{"prefix":{"data.customer.rank":"4"}}""", false)]
    [InlineData("""{"exact":{"data.customer":"c-7"}}""", false)]
    public void Data_is_compared_by_path(string filter, bool expected) => Assert.Equal(expected, Ask(filter, Data));

    [Theory]
    [InlineData("""{"a":"\uD800","b":1}""", false)]
    [InlineData("""{"\uD800":1,"a":"x"}""", true)]
    [InlineData("""{"a":"x","\uD800":1}""", false)]
    [InlineData("""{"a":1e400}""", false)]
    [InlineData("""{"a":1e99999999999999999999999}""", false)]
    [InlineData("""{"a":"y","a":"x"}""", true)]
    [InlineData("not json", false)]
    [InlineData("", false)]
    [InlineData("\"x\"", false)]
    public void Poisonous_data_never_throws(string data, bool expected) => Assert.Equal(expected, Ask("""{"exact":{"data.a":"x"}}""", data));

    [Fact]
    public void Data_nested_too_deeply_matches_no_data_filter() =>
        Assert.False(Ask("""{"exact":{"data.a":"x"}}""", "{\"a\":\"x\",\"b\":" + new string('[', 10_000) + new string(']', 10_000) + "}"));

    [Fact]
    public void Data_that_is_not_declared_as_JSON_matches_no_data_filter() =>
        Assert.False(Ask("""{"exact":{"data.a":"x"}}""", """{"a":"x"}""", "text/plain"));

    [Theory]
    [InlineData("0", "-0")]
    [InlineData("0", "0.00e7")]
    [InlineData("100", "1e2")]
    [InlineData("1.50", "15e-1")]
    [InlineData("-12", "-12.0")]
    [InlineData("1E+2", "100.000")]
    [InlineData("0.001", "1e-3")]
    public void Equal_numbers_have_one_canonical_form(string left, string right) =>
        Assert.Equal(JsonNumber.Canonical(Encoding.ASCII.GetBytes(left)), JsonNumber.Canonical(Encoding.ASCII.GetBytes(right)));

    [Fact]
    public void A_field_that_nobody_uses_any_more_leaves_the_pool()
    {
        var pool = new FieldPool();
        var first = Parse("""{"all":[{"exact":{"data.a":"1"}},{"not":{"any":[{"prefix":{"$.a":"1"}},{"exact":{"$['b']":"1"}}]}}]}""", pool);
        var second = Parse("""{"exact":{"data.b":1}}""", pool);

        Assert.Equal(2, pool.Count);
        first.Release(pool);
        Assert.Equal(1, pool.Count);
        second.Release(pool);
        Assert.Equal(0, pool.Count);
    }

    [Fact]
    public void A_view_turns_from_event_to_event()
    {
        var pool = new FieldPool();
        var filter = Parse("""{"exact":{"data.a":1}}""", pool);
        using var fields = new EventFields();

        fields.Begin(TestEvents.Make(data: """{"a":1}"""));
        Assert.True(filter.Matches(fields));
        fields.Begin(TestEvents.Make(data: """{"b":1}"""));
        Assert.False(filter.Matches(fields));
    }

    private static Filter Parse(string filter, FieldPool pool)
    {
        using var document = JsonDocument.Parse(filter);
        var parse = FilterParser.Parse(document.RootElement, pool);
        Assert.Empty(parse.Errors);
        return parse.Filter!;
    }

    private static bool Ask(string filter, string data, string contentType = "application/json")
    {
        var content = TestEvents.Content(data: data) with
        {
            ProducerId = "p-1", DataContentType = contentType, Extensions = new Dictionary<string, string> { ["region"] = "eu" },
        };
        using var fields = new EventFields();
        fields.Begin(TestEvents.Make(content));
        return Parse(filter, new FieldPool()).Matches(fields);
    }
}
