using Postern.Gateway.Pipeline;

namespace Postern.Tests.Gateway;

public sealed class RequestPathTests
{
    [Theory]
    [InlineData("/orders/42", "orders|42", "")]
    [InlineData("/orders/42?a=/b", "orders|42", "?a=/b")]
    [InlineData("//orders//42/", "orders|42", "")]
    [InlineData("/orders/a%20b", "orders|a b", "")]
    [InlineData("/orders/a%2fb", "orders|a%2Fb", "")]
    [InlineData("/orders/a%252Fb", "orders|a%252Fb", "")]
    [InlineData("/orders/50%25", "orders|50%25", "")]
    [InlineData("/orders/%C3%A4", "orders|ä", "")]
    [InlineData("/orders/%ff", "orders|%ff", "")]
    [InlineData("/a/../orders", "orders", "")]
    [InlineData("/a/%2E%2e/orders", "orders", "")]
    [InlineData("/../..", "", "")]
    [InlineData("http://host:80/orders?x", "orders", "?x")]
    [InlineData("http://host", "", "")]
    [InlineData("http://host?x", "", "?x")]
    public void A_target_is_split_once_for_everybody(string target, string segments, string query)
    {
        Assert.True(RequestPath.TryParse(target, out var path, out _));
        Assert.Equal((segments, query), (string.Join('|', path.Segments), path.Query));
    }

    [Theory]
    [InlineData("*")]
    [InlineData("")]
    [InlineData("host:443")]
    [InlineData("/a b")]
    [InlineData("/a\\b")]
    [InlineData("/a#b")]
    [InlineData("/ä")]
    [InlineData("/a/..;x/b")]
    [InlineData("/a/.;x/b")]
    public void A_target_that_servers_read_in_different_ways_is_refused(string target) =>
        Assert.False(RequestPath.TryParse(target, out _, out _));

    [Theory]
    [InlineData("a/b", "a%2Fb")]
    [InlineData("50%", "50%25")]
    [InlineData("plain", "plain")]
    public void A_key_from_a_body_is_written_as_the_same_key_in_a_path_is(string key, string text)
    {
        Assert.Equal(text, RequestPath.FromText(key));
        Assert.Equal(text, RequestPath.Decode(Uri.EscapeDataString(key)));
    }
}
