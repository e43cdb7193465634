namespace Postern.Tests.Configuration;

/// <summary>The keys of health and announcements, and what an API cannot take of the gateway's own.</summary>
public sealed class HealthKeyTests
{
    [Theory]
    [InlineData("never", null)]
    [InlineData("5d", 120.0)]
    [InlineData("90m", 1.5)]
    public void How_long_a_subscription_may_fail_is_a_duration_or_never(string text, double? hours)
    {
        var read = Loading.Accepted(Loading.Load($"{Loading.Good}\ncallbacks: {{ disableAfter: {text}, unhealthyAfter: 0s }}"));

        Assert.Equal(hours, read.Callbacks.DisableAfter?.TotalHours);
        Assert.Equal(TimeSpan.Zero, read.Callbacks.UnhealthyAfter);
    }

    [Fact]
    public void A_consumer_is_no_operator_unless_it_is_said()
    {
        var read = Loading.Accepted(Loading.Load(
            $"{Loading.Good}\nconsumers: {{ a: {{ credentials: [{{ type: api-key, key: k }}] }}, b: {{ operator: true, credentials: [{{ type: api-key, key: l }}] }} }}"));

        Assert.Equal((false, true), (read.Consumers["a"].Operator, read.Consumers["b"].Operator));
    }

    [Theory]
    [InlineData("callbacks: { disableAfter: soon }", "callbacks.disableAfter", "or never")]
    [InlineData("callbacks: { disableAfter: 1s }", "callbacks.disableAfter", "out of range: give 1m to 8760h, or never")]
    [InlineData("consumers: { a: { operator: yes, credentials: [{ type: api-key, key: k }] } }", "consumers.a.operator", "neither true nor false")]
    public void What_cannot_be_meant_is_told(string line, string path, string message)
    {
        var error = Loading.Only(Loading.Load($"{Loading.Good}\n{line}"));

        Assert.Equal(path, error.Path);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("path: /postern", "apis.shop.path", "the gateway's own resource: give the API another path")]
    [InlineData("path: /postern/shop", "apis.shop.path", "the gateway's own resource: give the API another path")]
    [InlineData("resources: { /postern: {} }", "apis.shop.resources./postern", "which shadows this path")]
    [InlineData("resources: { /postern/callbacks: {} }", "apis.shop.resources./postern/callbacks", "which shadows this path")]
    [InlineData("resources: { /orders: { events: { postern.orders: POST } } }", "apis.shop.resources./orders.events[\"postern.orders\"]", "types that begin with postern. are the gateway's own")]
    public void An_API_cannot_stand_where_the_gateway_speaks(string settings, string path, string message)
    {
        var error = Loading.Only(Loading.Load($"{Loading.Good}\n    {settings}"));

        Assert.Equal(path, error.Path);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("path: /shop\n    resources: { /postern: {} }")]
    [InlineData("resources: { /posterns: {} }")]
    public void What_only_looks_like_it_is_free(string settings) => Loading.Accepted(Loading.Load($"{Loading.Good}\n    {settings}"));
}
