namespace Postern.Tests.Configuration;

public sealed class UpstreamAddressTests
{
    private const string Consumer = "consumers: { a: { credentials: [{ type: api-key, key: k }] } }";

    [Theory]
    [InlineData("http://0.0.0.0:8080", "http://shop:8080")]
    [InlineData("http://0.0.0.0:8080", "http://10.1.2.3:8080")]
    [InlineData("http://[::]:8080", "http://shop:8080")]
    [InlineData("http://127.0.0.1:8080", "http://127.0.0.2:8080")]
    [InlineData("http://0.0.0.0:8080", "http://127.0.0.1:5080")]
    public void An_API_of_another_host_may_have_the_port_of_the_gateway(string listen, string upstream) => Loading.Accepted(Load(listen, upstream));

    [Theory]
    [InlineData("http://0.0.0.0:8080", "http://127.0.0.1:8080")]
    [InlineData("http://0.0.0.0:8080", "http://localhost:8080")]
    [InlineData("http://[::]:8080", "http://[::1]:8080")]
    [InlineData("http://127.0.0.1:8080", "http://localhost:8080")]
    [InlineData("http://127.0.0.1:8080", "http://0.0.0.0:8080")]
    [InlineData("http://localhost:8080", "http://127.0.0.1:8080")]
    [InlineData("http://10.1.2.3:8080", "http://10.1.2.3:8080")]
    public void The_gateway_is_not_its_own_API(string listen, string upstream) =>
        Assert.Equal("apis.shop.upstream", Loading.Only(Load(listen, upstream)).Path);

    private static Postern.Configuration.ConfigurationResult Load(string listen, string upstream) => Loading.Load(
        $$"""
        gateway: { listen: '{{listen}}' }
        apis: { shop: { upstream: '{{upstream}}' } }
        {{Consumer}}
        """);
}
