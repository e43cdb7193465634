using Postern.Configuration;
using Postern.Egress.Reading;
using Postern.Model;

namespace Postern.Tests.Egress;

public sealed class ReadTargetTests
{
    private static readonly PosternConfiguration Configuration = new()
    {
        Apis = new Dictionary<string, ApiConfiguration>
        {
            ["shop"] = new()
            {
                Upstream = ["http://127.0.0.1:1"], Path = "/shop", ReadCheck = new ReadCheckConfiguration(),
                Resources = new Dictionary<string, ResourceConfiguration>
                {
                    ["/orders"] = new() { Events = new Dictionary<string, IReadOnlyList<string>> { ["orders.gone"] = ["DELETE"], ["orders.changed"] = ["PUT", "DELETE"] } },
                },
            },
            ["open"] = new() { Upstream = ["http://127.0.0.1:2"], Path = "/open" },
        },
    };

    [Theory]
    [InlineData("/shop/orders", "42", "orders.created", "/orders/42")]
    [InlineData("/shop/orders", null, "orders.created", "/orders")]
    [InlineData("/shop/orders", "a/b c", "orders.created", "/orders/a%2Fb%20c")]
    [InlineData("https://shop.example.com/shop/orders?x=1", "42", "orders.created", "/orders/42")]
    [InlineData("/shop", null, "created", "/")]
    [InlineData("/shop/orders", "42", "orders.deleted", "/orders")]
    [InlineData("/shop/orders", "42", "orders.gone", "/orders")]
    [InlineData("/shop/orders", "42", "orders.changed", "/orders/42")]
    public void An_API_is_asked_about_the_record_and_about_the_resource_of_one_that_was_deleted(string source, string? subject, string type, string path)
    {
        var target = ReadTarget.Of(Configuration, "acme", Content(source, subject, type));

        Assert.Equal((path, "acme", true), (target!.Value.Path, target.Value.Consumer, target.Value.IsPlain));
    }

    [Theory]
    [InlineData("/open/orders")]
    [InlineData("/postern/subscriptions")]
    [InlineData("urn:somewhere")]
    public void Nobody_is_asked_where_no_API_checks(string source) => Assert.Null(ReadTarget.Of(Configuration, "acme", Content(source, "42", "orders.created")));

    [Theory]
    [InlineData("/shop/orders/../admin", "1")]
    [InlineData("/shop/orders", "..")]
    public void What_could_climb_out_of_the_resource_is_no_path_of_it(string source, string subject) =>
        Assert.False(ReadTarget.Of(Configuration, "acme", Content(source, subject, "orders.created"))!.Value.IsPlain);

    [Fact]
    public void Every_status_has_its_meaning()
    {
        int[] no = [401, 403, 404, 410];
        for (var status = 0; status <= 999; status++)
        {
            var expected = status is >= 200 and < 300 ? ReadAnswer.Yes : no.Contains(status) ? ReadAnswer.No : ReadAnswer.Unknown;
            Assert.Equal(expected, ReadTarget.Judge(status));
        }
    }

    private static EventContent Content(string source, string? subject, string type) =>
        new() { Source = source, Subject = subject, Type = type, Time = default, Data = default };
}
