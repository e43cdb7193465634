using Microsoft.Extensions.Time.Testing;
using Postern.Egress.Tunnels;

namespace Postern.Tests.Egress.Tunnels;

public sealed class GatewayOrderTests
{
    private readonly FakeTimeProvider time = new();
    private readonly GatewayOrder order;

    public GatewayOrderTests() => order = new GatewayOrder(["a", "b", "c"], time);

    [Fact]
    public void Gateways_that_work_take_turns()
    {
        Assert.Equal(["a", "b", "c"], order.Next());
        Assert.Equal(["b", "c", "a"], order.Next());
        Assert.Equal(["c", "a", "b"], order.Next());
        Assert.Equal(["a", "b", "c"], order.Next());
    }

    [Fact]
    public void One_that_is_away_comes_last_and_its_failing_is_news_once()
    {
        Assert.True(order.Fail("a"));
        Assert.False(order.Fail("a"));

        Assert.All(Enumerable.Range(0, 6), _ => Assert.Equal("a", order.Next()[^1]));
    }

    [Fact]
    public void After_the_pause_a_single_connection_tries_it_again()
    {
        order.Fail("a");
        time.Advance(GatewayOrder.Holds);

        Assert.Single(Enumerable.Range(0, 30), _ => order.Next()[0] == "a");
        time.Advance(GatewayOrder.Holds);
        Assert.Single(Enumerable.Range(0, 30), _ => order.Next()[0] == "a");
    }

    [Fact]
    public void One_that_works_again_has_its_turn()
    {
        order.Fail("a");

        Assert.True(order.Work("a"));
        Assert.False(order.Work("a"));
        Assert.Equal(2, Enumerable.Range(0, 6).Count(_ => order.Next()[0] == "a"));
    }

    [Fact]
    public void Where_all_are_away_all_are_tried()
    {
        Assert.All(["a", "b", "c"], gateway => order.Fail(gateway));

        Assert.Equal(["a", "b", "c"], order.Next().Order(StringComparer.Ordinal));
    }
}
