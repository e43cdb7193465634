using Postern.Model;
using Postern.Tests.Model.Filters;

namespace Postern.Tests.Model;

public sealed class OrderKeyTests
{
    [Fact]
    public void The_key_of_a_path_never_changes_because_stores_keep_it() =>
        Assert.Equal((4917387423563337182, -8215454602292927382), (OrderKey.Of("/orders/42"), OrderKey.Of("/bücher/ä")));

    [Fact]
    public void Different_paths_have_different_keys_and_none_is_zero()
    {
        var keys = Enumerable.Range(0, 100_000).Select(number => OrderKey.Of($"/orders/{number}")).ToHashSet();

        Assert.Equal(100_000, keys.Count);
        Assert.DoesNotContain(0, keys);
    }

    [Fact]
    public void An_event_without_a_subject_is_kept_in_order_with_the_others_of_its_resource() =>
        Assert.Equal(OrderKey.Of("/orders"), OrderKey.Of(SubscriptionOrder.Key, TestEvents.Content() with { Source = "https://shop.example/orders", Subject = null }));

    [Fact]
    public void Without_order_there_is_no_key() => Assert.Equal(0, OrderKey.Of(SubscriptionOrder.None, TestEvents.Content()));
}
