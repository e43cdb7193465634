using Postern.Model;
using Postern.Storage;

namespace Postern.Tests.Storage;

public sealed class RecentEventsTests
{
    [Fact]
    public void The_oldest_leave_when_the_bytes_are_used_up()
    {
        var recent = new RecentEvents(capacity: 10 * 1400);
        for (var sequence = 1; sequence <= 5000; sequence++)
        {
            recent.Add(Make(sequence));
        }

        Assert.Null(recent.Find(1));
        Assert.Null(recent.Find(4980));
        Assert.Equal(5000, recent.Find(5000)!.Sequence);
        Assert.Null(recent.Find(5001));
        Assert.Null(recent.ReadAfter(100, 5000, 10));
    }

    [Fact]
    public void Everything_is_kept_in_order_while_there_is_room()
    {
        var recent = new RecentEvents(long.MaxValue);
        for (var sequence = 7; sequence < 5007; sequence++)
        {
            recent.Add(Make(sequence));
        }

        Assert.Equal(Enumerable.Range(7, 5000).Select(sequence => (long)sequence), recent.ReadAfter(6, 9999, 9999)!.Select(read => read.Sequence));
        Assert.Equal([100, 101], recent.ReadAfter(99, 9999, 2)!.Select(read => read.Sequence));
        Assert.Equal([100], recent.ReadAfter(99, 100, 2)!.Select(read => read.Sequence));
        Assert.Null(recent.ReadAfter(5, 9999, 1));
    }

    [Fact]
    public void After_a_gap_it_starts_anew()
    {
        var recent = new RecentEvents(long.MaxValue);
        recent.Add(Make(1));
        recent.Add(Make(5));

        Assert.Null(recent.Find(1));
        Assert.Null(recent.ReadAfter(0, 5, 10));
        Assert.Equal(5, recent.Find(5)!.Sequence);
    }

    [Fact]
    public void One_that_is_larger_than_all_the_room_is_not_kept()
    {
        var recent = new RecentEvents(capacity: 100);
        recent.Add(Make(1));
        recent.Add(Make(2));

        Assert.Null(recent.Find(2));
    }

    private static Event Make(long sequence) => new()
    {
        Sequence = sequence,
        Id = EventId.Create(sequence),
        Staged = DateTimeOffset.UnixEpoch,
        Content = new EventContent { Source = "/orders", Type = "orders.created", Time = DateTimeOffset.UnixEpoch, Data = new byte[1000] },
    };
}
