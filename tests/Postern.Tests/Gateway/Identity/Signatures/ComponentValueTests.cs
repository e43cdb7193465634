using Microsoft.AspNetCore.Http;
using Postern.Gateway.Identity.Signatures;
using Postern.Gateway.Identity.Signatures.Structured;

namespace Postern.Tests.Gateway.Identity.Signatures;

public sealed class ComponentValueTests
{
    private const string Target = "/path?param=value&foo=bar&baz=batman&qux=&var=this%20is%20a%20big%0Amultiline%20value&bar=with+plus+whitespace&fa%C3%A7ade%22%3A%20=something&twice=1&twice=2";

    /// <summary>The examples of RFC 9421 §2.1 and §2.2.</summary>
    [Theory]
    [InlineData("\"@method\"", "POST")]
    [InlineData("\"@authority\"", "www.example.com")]
    [InlineData("\"@scheme\"", "https")]
    [InlineData("\"@request-target\"", Target)]
    [InlineData("\"@target-uri\"", "https://www.example.com" + Target)]
    [InlineData("\"@path\"", "/path")]
    [InlineData("\"@query-param\";name=\"baz\"", "batman")]
    [InlineData("\"@query-param\";name=\"qux\"", "")]
    [InlineData("\"@query-param\";name=\"param\"", "value")]
    [InlineData("\"@query-param\";name=\"var\"", "this%20is%20a%20big%0Amultiline%20value")]
    [InlineData("\"@query-param\";name=\"bar\"", "with%20plus%20whitespace")]
    [InlineData("\"@query-param\";name=\"fa%C3%A7ade%22%3A%20\"", "something")]
    [InlineData("\"x-ows-header\"", "Leading and trailing whitespace.")]
    [InlineData("\"cache-control\"", "max-age=60, must-revalidate")]
    [InlineData("\"example-dict\"", "a=1,    b=2;x=1;y=2,   c=(a   b    c), d")]
    [InlineData("\"example-dict\";key=\"a\"", "1")]
    [InlineData("\"example-dict\";key=\"b\"", "2;x=1;y=2")]
    [InlineData("\"example-dict\";key=\"c\"", "(a b c)")]
    [InlineData("\"example-dict\";key=\"d\"", "?1")]
    [InlineData("\"example-header\"", "value, with, lots, of, commas")]
    [InlineData("\"example-header\";bs", ":dmFsdWUsIHdpdGgsIGxvdHM=:, :b2YsIGNvbW1hcw==:")]
    [InlineData("\"priority\";sf", "u=1, i")]
    [InlineData("\"x-empty-header\"", "")]
    [InlineData("\"x-latin\";bs", ":/w==:")]
    // What is not there, or not in one form.
    [InlineData("\"@query-param\";name=\"twice\"", null)]
    [InlineData("\"@query-param\";name=\"none\"", null)]
    [InlineData("\"x-none\"", null)]
    [InlineData("\"x-latin\"", null)]
    [InlineData("\"example-dict\";key=\"e\"", null)]
    [InlineData("\"x-ows-header\";key=\"leading\"", null)]
    // Nobody can tell a dictionary from a list of tokens.
    [InlineData("\"example-dict\";sf", null)]
    public void A_component_has_the_value_of_the_standard_or_none(string identifier, string? value) =>
        Assert.Equal(value, new ComponentValues(Request(Target)).Of(Read(identifier)!));

    [Theory]
    [InlineData("/path", "?")]
    [InlineData("/path?", "?")]
    [InlineData("/path?queryString", "?queryString")]
    [InlineData("http://www.example.com/path?a=%20b", "?a=%20b")]
    public void A_query_has_its_question_mark_always(string target, string query) => Assert.Equal(query, new ComponentValues(Request(target)).Of(Read("\"@query\"")!));

    [Theory]
    [InlineData("https", "www.example.com:443", "www.example.com")]
    [InlineData("http", "www.example.com:80", "www.example.com")]
    [InlineData("http", "www.example.com:443", "www.example.com:443")]
    [InlineData("http", "127.0.0.1:8080", "127.0.0.1:8080")]
    [InlineData("https", "[::1]:443", "[::1]")]
    [InlineData("https", "", null)]
    public void An_authority_is_the_one_that_was_called(string scheme, string host, string? authority) =>
        Assert.Equal(authority, new ComponentValues(new ReceivedRequest("GET", scheme, host, "/", new HeaderDictionary())).Of(Read("\"@authority\"")!));

    [Theory]
    [InlineData("\"@status\"")]
    [InlineData("\"@signature-params\"")]
    [InlineData("\"@other\"")]
    [InlineData("\"@query-param\"")]
    [InlineData("\"@query-param\";key=\"a\"")]
    [InlineData("\"@query-param\";name=a")]
    [InlineData("\"@method\";req")]
    [InlineData("\"@method\";name=\"a\"")]
    [InlineData("\"date\";req")]
    [InlineData("\"date\";tr")]
    [InlineData("\"date\";sf=?0")]
    [InlineData("\"date\";sf;bs")]
    [InlineData("\"date\";other")]
    [InlineData("\"Date\"")]
    [InlineData("\"da te\"")]
    [InlineData("\":path\"")]
    [InlineData("\"\"")]
    [InlineData("date")]
    [InlineData("1")]
    public void What_is_unknown_or_no_part_of_a_request_is_no_component(string identifier) => Assert.Null(Read(identifier));

    private static SignedComponent? Read(string identifier) =>
        SignedComponent.Read(Assert.IsType<InnerList>(StructuredDictionary.Parse([$"sig=({identifier})"])!.Find("sig")).Items.Single());

    private static ReceivedRequest Request(string target) => new("POST", "https", "WWW.Example.com", target, new HeaderDictionary
    {
        ["X-OWS-Header"] = "   Leading and trailing whitespace.\t ",
        ["Cache-Control"] = new(["max-age=60", "   must-revalidate"]),
        ["Example-Dict"] = "  a=1,    b=2;x=1;y=2,   c=(a   b    c), d",
        ["Example-Header"] = new(["value, with, lots", "of, commas"]),
        ["Priority"] = "u=1,i=?1",
        ["X-Empty-Header"] = "",
        ["X-Latin"] = "\u00ff",
    });
}
