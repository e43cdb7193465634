using System.Text.Json;
using Postern.Model.Filters;

namespace Postern.Tests.Model.Filters;

public sealed class FilterParserTests
{
    [Theory]
    [InlineData("""{"sql":"type = 'x'"}""", "filter.sql", "not supported")]
    [InlineData("""{"regex":{"type":"x"}}""", "filter.regex", "no dialect")]
    [InlineData("{}", "filter", "empty")]
    [InlineData("\"x\"", "filter", "not a string")]
    [InlineData("""{"exact":{"type":"x"},"prefix":{"type":"x"}}""", "filter", "exact, prefix")]
    [InlineData("""{"exact":{}}""", "filter.exact", "at least one field")]
    [InlineData("""{"exact":"x"}""", "filter.exact", "object of fields")]
    [InlineData("""{"exact":{"Type":"x"}}""", "filter.exact.Type", "no field")]
    [InlineData("""{"exact":{"":"x"}}""", "filter.exact.", "empty")]
    [InlineData("""{"exact":{"type":1}}""", "filter.exact.type", "quotes")]
    [InlineData("""{"exact":{"type":""}}""", "filter.exact.type", "empty")]
    [InlineData("""{"prefix":{"data.a":""}}""", "filter.prefix.data.a", "empty")]
    [InlineData("""{"prefix":{"data.a":1}}""", "filter.prefix.data.a", "string")]
    [InlineData("""{"exact":{"data.a":{}}}""", "filter.exact.data.a", "an object")]
    [InlineData("""{"exact":{"data.a":"\uD800"}}""", "filter.exact.data.a", "surrogate")]
    [InlineData("""{"exact":{"\uD800":"a"}}""", "filter.exact", "surrogate")]
    [InlineData("""{"exact":{"a":"x","a":"y"}}""", "filter.exact", "twice")]
    [InlineData("""{"exact":{"$..a":"x"}}""", "filter.exact.$..a", "Recursion")]
    [InlineData("""{"exact":{"$.a[0:2]":"x"}}""", "filter.exact.$.a[0:2]", "slices")]
    [InlineData("""{"exact":{"$.a[?(@.b)]":"x"}}""", "filter.exact.$.a[?(@.b)]", "conditions")]
    [InlineData("""{"exact":{"data.a[":"x"}}""", "filter.exact.data.a[", "character 7")]
    [InlineData("""{"exact":{"$['a":"x"}}""", "filter.exact.$['a", "character 2")]
    [InlineData("""{"all":[]}""", "filter.all", "at least one")]
    [InlineData("""{"all":{"exact":{"type":"x"}}}""", "filter.all", "array")]
    [InlineData("""{"not":[{"exact":{"type":"x"}}]}""", "filter.not", "an array")]
    [InlineData("""[{"exact":{"type":"x"}},{"any":[{"sql":""}]}]""", "filter[1].any[0].sql", "not supported")]
    public void A_mistake_is_told_with_its_place(string filter, string path, string message)
    {
        var error = Assert.Single(Parse(filter).Errors);
        Assert.Equal(path, error.Path);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_mistake_is_told_at_once() =>
        Assert.Equal(3, Parse("""[{"sql":""},{"exact":{"type":1,"Source":"x"}},{"exact":{"type":"x"}}]""").Errors.Count);

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    public void Nothing_is_no_filter(string filter)
    {
        var parse = Parse(filter);
        Assert.Null(parse.Filter);
        Assert.Empty(parse.Errors);
    }

    [Fact]
    public void Nesting_is_limited()
    {
        Assert.Empty(Parse(Nested(15)).Errors);
        Assert.Contains("deeper", Assert.Single(Parse(Nested(16)).Errors).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_number_of_parts_is_limited()
    {
        Assert.Empty(Parse(Any(49)).Errors);
        Assert.Contains("more than 100", Assert.Single(Parse(Any(50)).Errors).Message, StringComparison.Ordinal);
        Assert.InRange(Parse("[" + string.Join(",", Enumerable.Repeat("1", 100_000)) + "]").Errors.Count, 1, 101);
    }

    [Fact]
    public void Names_and_values_have_a_greatest_length()
    {
        Assert.Single(Parse($$$"""{"exact":{"type":"{{{new string('x', 4097)}}}"}}""").Errors);
        Assert.Single(Parse($$$"""{"exact":{"data.{{{new string('x', 512)}}}":"x"}}""").Errors);
    }

    private static string Nested(int depth) =>
        string.Concat(Enumerable.Repeat("""{"not":""", depth)) + """{"exact":{"type":"x"}}""" + new string('}', depth);

    private static string Any(int count) =>
        """{"any":[""" + string.Join(",", Enumerable.Repeat("""{"exact":{"type":"x"}}""", count)) + "]}";

    private static FilterParse Parse(string filter)
    {
        using var document = JsonDocument.Parse(filter);
        return FilterParser.Parse(document.RootElement);
    }
}
