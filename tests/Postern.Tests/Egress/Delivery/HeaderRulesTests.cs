using Postern.Egress.Delivery;

namespace Postern.Tests.Egress.Delivery;

public sealed class HeaderRulesTests
{
    [Theory]
    [InlineData("Host")]
    [InlineData("CONNECTION")]
    [InlineData("Keep-Alive")]
    [InlineData("Expect")]
    [InlineData("Cookie")]
    [InlineData("Set-Cookie")]
    [InlineData("Content-Length")]
    [InlineData("Content-Type")]
    [InlineData("Content-Encoding")]
    [InlineData("Content-Digest")]
    [InlineData("Transfer-Encoding")]
    [InlineData("transfer_encoding")]
    [InlineData("TE")]
    [InlineData("Trailer")]
    [InlineData("Upgrade")]
    [InlineData("webhook-id")]
    [InlineData("Webhook_Signature")]
    [InlineData("ce-type")]
    [InlineData("Forwarded")]
    [InlineData("X-Forwarded-For")]
    [InlineData("x_forwarded_host")]
    [InlineData("Via")]
    [InlineData("Proxy-Authorization")]
    [InlineData("Proxy-Connection")]
    [InlineData("Sec-Fetch-Mode")]
    [InlineData("traceparent")]
    [InlineData("tracestate")]
    [InlineData("baggage")]
    [InlineData("User-Agent")]
    [InlineData("Postern-Hops")]
    [InlineData("X-Real-IP")]
    [InlineData("X-HTTP-Method-Override")]
    [InlineData("")]
    [InlineData("X Y")]
    [InlineData("X:Y")]
    [InlineData("X\r\nHost")]
    [InlineData("X\0")]
    [InlineData("Ünder")]
    public void A_name_that_frames_the_message_or_is_obeyed_on_the_way_is_refused(string name) => Assert.NotNull(HeaderRules.NameProblem(name));

    [Theory]
    [InlineData("Authorization", "Splunk abc")]
    [InlineData("X-Api-Key", "k=1; v=\"2\"")]
    [InlineData("X-Tenant", "acme")]
    [InlineData("Accept", "application/json")]
    [InlineData("From", "ops@example.com")]
    public void Any_other_may_be_set(string name, string value)
    {
        Assert.Null(HeaderRules.NameProblem(name));
        Assert.Null(HeaderRules.ValueProblem(name, value));
    }

    [Theory]
    [InlineData("a\rb")]
    [InlineData("a\nb")]
    [InlineData("a\r\nHost: b")]
    [InlineData("a\0b")]
    [InlineData("a\tb")]
    [InlineData(" a")]
    [InlineData("a ")]
    [InlineData("")]
    [InlineData("ü")]
    [InlineData("\u007f")]
    public void A_value_that_could_end_its_line_is_refused(string value) => Assert.NotNull(HeaderRules.ValueProblem("X-Any", value));

    [Fact]
    public void A_value_is_bounded_and_has_the_form_of_its_header()
    {
        Assert.NotNull(HeaderRules.ValueProblem("X-Any", new string('a', HeaderRules.MaxValueLength + 1)));
        Assert.NotNull(HeaderRules.ValueProblem("Accept", "not a media type,,;"));
    }
}
