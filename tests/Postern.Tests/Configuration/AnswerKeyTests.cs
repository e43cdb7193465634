using Postern.Configuration;
using Postern.Monitoring;

namespace Postern.Tests.Configuration;

/// <summary>The keys of what answers carry beside what they are about.</summary>
public sealed class AnswerKeyTests
{
    [Fact]
    public void An_answer_is_protected_unless_it_is_said_otherwise()
    {
        var read = Loading.Accepted(Loading.Load(Loading.Good));

        Assert.Equal("max-age=31536000", read.Gateway.StrictTransportSecurity.Field);
        Assert.Equal("max-age=31536000", read.Admin.StrictTransportSecurity.Field);
        Assert.Equal([new("x-content-type-options", "nosniff")], read.Apis["shop"].AnswerHeaders);
    }

    [Fact]
    public void Both_can_be_chosen_or_left()
    {
        var read = Loading.Accepted(Loading.Load(
            $"{Loading.Good}\n    answerHeaders: {{}}\ngateway: {{ strictTransportSecurity: {{ maxAge: never }} }}\nadmin: {{ strictTransportSecurity: {{ includeSubDomains: true }} }}"));

        Assert.Null(read.Gateway.StrictTransportSecurity.Field);
        Assert.Equal("max-age=31536000; includeSubDomains", read.Admin.StrictTransportSecurity.Field);
        Assert.Empty(read.Apis["shop"].AnswerHeaders);
        Assert.Equal("never", (string?)ConfigurationReport.RunningOf(read)["gateway"]!["strictTransportSecurity"]!["maxAge"]);
    }

    [Theory]
    [InlineData("answerHeaders: { X Frame: DENY }", "is not the name of a header")]
    [InlineData("answerHeaders: { Content-Length: 5 }", "only the API, or what carries the message, can say it")]
    [InlineData("answerHeaders: { Strict-Transport-Security: max-age=1 }", "set gateway.strictTransportSecurity")]
    [InlineData("answerHeaders: { X-Frame-Options: DENY, x-frame-options: SAMEORIGIN }", "which is there already: keep one")]
    [InlineData("answerHeaders: { X-Frame-Options: \"a\\r\\nb: c\" }", "is not the value of a header")]
    public void A_header_that_cannot_be_added_is_told(string line, string message) =>
        Assert.Contains(message, Loading.Only(Loading.Load($"{Loading.Good}\n    {line}")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_time_that_is_too_long_is_told()
    {
        var error = Loading.Only(Loading.Load($"{Loading.Good}\ngateway: {{ strictTransportSecurity: {{ maxAge: 20000d }} }}"));

        Assert.Equal("gateway.strictTransportSecurity.maxAge", error.Path);
        Assert.Contains("out of range", error.Message, StringComparison.Ordinal);
    }
}
