using Postern.Model;
using Postern.Storage;

namespace Postern.Tests.Storage;

public sealed class ReadEventsTests
{
    [Fact]
    public void The_oldest_leave_when_the_bytes_are_used_up()
    {
        var read = new ReadEvents(capacity: 10 * 1400);
        for (var sequence = 1; sequence <= 100; sequence++)
        {
            read.Add([Make(sequence)], read.Removals);
        }

        Assert.Null(read.Find(80));
        Assert.Equal(100, read.Find(100)!.Sequence);
        Assert.True(read.IsWalk(101));
        Assert.False(read.IsWalk(50));
    }

    [Fact]
    public void What_was_removed_while_it_was_read_is_not_kept()
    {
        var read = new ReadEvents(long.MaxValue);
        read.Add([Make(1)], read.Removals);
        var before = read.Removals;

        read.Forget([1, 2]);
        read.Add([Make(2)], before);

        Assert.Null(read.Find(1));
        Assert.Null(read.Find(2));
    }

    [Fact]
    public void A_damaged_one_is_read_again_each_time()
    {
        var read = new ReadEvents(long.MaxValue);

        read.Add([Make(1) with { IsDamaged = true }], read.Removals);

        Assert.Null(read.Find(1));
    }

    private static Event Make(long sequence) => new()
    {
        Sequence = sequence,
        Id = EventId.Create(sequence),
        Staged = DateTimeOffset.UnixEpoch,
        Content = new EventContent { Source = "/orders", Type = "orders.created", Time = DateTimeOffset.UnixEpoch, Data = new byte[1000] },
    };
}
