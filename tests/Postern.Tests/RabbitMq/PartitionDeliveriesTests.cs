using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;
using Postern.Configuration;
using Postern.RabbitMq;

namespace Postern.Tests.RabbitMq;

public sealed class PartitionDeliveriesTests
{
    private readonly FakeTimeProvider time = new();
    private readonly Channel<ulong> acknowledged = Channel.CreateUnbounded<ulong>();
    private readonly PartitionDeliveries deliveries;

    public PartitionDeliveriesTests() =>
        deliveries = new PartitionDeliveries(acknowledged.Writer, new RabbitMqOptions { Hub = new HubConfiguration(), Prefetch = 8, LongestUnsettled = TimeSpan.FromMinutes(10) }, time);

    [Fact]
    public void A_message_is_acknowledged_when_it_is_settled_and_once()
    {
        var (first, second) = (Taken(1), Taken(2));

        second.Settle();
        second.Settle();
        first.Settle();

        Assert.Equal([2UL, 1UL], Acknowledged());
    }

    [Fact]
    public void Slow_ones_leave_a_quarter_of_the_prefetch_to_the_others()
    {
        var oldest = Taken(1);
        for (var tag = 2UL; tag <= 7; tag++)
        {
            Taken(tag);
        }

        Assert.Equal([1UL], Acknowledged());
        oldest.Settle();
        Assert.Empty(Acknowledged());
    }

    [Fact]
    public void What_no_worker_has_yet_is_bounded_by_the_prefetch()
    {
        var waiting = Enumerable.Range(1, 8).Select(tag => deliveries.Add((ulong)tag)).ToList();
        Assert.Empty(Acknowledged());

        waiting[0].Take();
        waiting[1].Take();
        waiting[2].Take();

        Assert.Equal([1UL, 2UL], Acknowledged());
    }

    [Fact]
    public void What_was_settled_takes_no_place()
    {
        for (var tag = 1UL; tag <= 100; tag++)
        {
            Taken(tag).Settle();
        }

        Assert.Equal(100, Acknowledged().Count);
        Taken(101);
        Assert.Empty(Acknowledged());
    }

    [Fact]
    public void One_that_waits_too_long_is_acknowledged_before_the_broker_takes_the_consumer_for_dead()
    {
        Taken(1);
        time.Advance(TimeSpan.FromMinutes(9));
        Taken(2);
        deliveries.Sweep();
        Assert.Empty(Acknowledged());

        time.Advance(TimeSpan.FromMinutes(2));
        deliveries.Sweep();

        Assert.Equal([1UL], Acknowledged());
    }

    private PartitionDeliveries.Delivery Taken(ulong tag)
    {
        var delivery = deliveries.Add(tag);
        delivery.Take();
        return delivery;
    }

    private List<ulong> Acknowledged()
    {
        var tags = new List<ulong>();
        while (acknowledged.Reader.TryRead(out var tag))
        {
            tags.Add(tag);
        }

        return tags;
    }
}
