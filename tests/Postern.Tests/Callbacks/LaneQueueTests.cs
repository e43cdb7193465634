using CsCheck;
using Postern.Callbacks.Lanes;
using Postern.Model;
using Postern.Ports;

namespace Postern.Tests.Callbacks;

/// <summary>A queue beside its backlog on disk, where reads are slower than commits.</summary>
public sealed class LaneQueueTests
{
    [Fact]
    public void A_read_that_is_older_than_a_commit_brings_nothing_twice()
    {
        var queue = Create();
        queue.Arm(1);
        queue.BeginRead(probing: false);
        queue.EndRead(new Backlog([Due(1, 1)], null), takes: true, 0);
        var taken = queue.Take();
        queue.Arm(2);
        queue.BeginRead(probing: false);
        queue.Settle(taken);

        // The snapshot was taken before the result of 1 was committed.
        queue.EndRead(new Backlog([Due(1, 1), Due(2, 2)], null), takes: true, 0);

        Assert.Equal(2, queue.Take().Id);
        Assert.Equal(0, queue.Waiting);
    }

    [Fact]
    public void New_and_old_callbacks_take_turns()
    {
        var queue = Create();
        queue.BeginRead(probing: false);
        queue.EndRead(new Backlog([Due(1, 1), Due(2, 2), Due(3, 3)], null), takes: true, 0);
        Assert.True(queue.TryAdd(new DueCallback(10, 1, 1, 0)));
        Assert.True(queue.TryAdd(new DueCallback(11, 1, 1, 0)));

        var turns = Enumerable.Range(0, 5).Select(_ => queue.Take().Id).ToList();

        Assert.Equal([1L, 2L, 3L], turns.Where(id => id < 10));
        Assert.Equal([10L, 11L], turns.Where(id => id >= 10));
        Assert.True(turns.IndexOf(11) < 4 && turns.IndexOf(2) < 4);
    }

    [Fact]
    public void What_is_let_go_is_found_on_disk_or_given_back()
    {
        var memory = new LaneMemory();
        var queue = Create(memory);
        queue.BeginRead(probing: false);
        queue.EndRead(new Backlog([Due(1, 5), Due(2, 6)], DateTimeOffset.FromUnixTimeMilliseconds(9)), takes: true, 0);
        queue.TryAdd(new DueCallback(10, 1, 1, 0));

        var homeless = queue.Shed();

        Assert.Equal(10, Assert.Single(homeless).Id);
        Assert.Equal((0, 5L, 0), (queue.Waiting, queue.Next, memory.Used));
    }

    [Fact]
    public void Whatever_happens_in_whatever_order_each_callback_is_taken_once_for_each_time_it_is_owed() =>
        Gen.Select(Gen.Int[1, 60], Gen.Int[0, 5].List[50, 600]).Sample((count, moves) =>
        {
            var memory = new LaneMemory();
            var queue = Create(memory);
            var disk = new Dictionary<long, DueCallback>();
            for (var id = 1; id <= count; id++)
            {
                disk[id] = Due(id, id);
            }

            queue.Arm(1);
            var (clock, settled, snapshot, asked) = (1000L, 0, (List<DueCallback>?)null, 0);
            var flying = new Queue<DueCallback>();
            foreach (var move in moves.Concat(Enumerable.Repeat(0, 1).SelectMany(_ => Enumerable.Range(0, 20 * (count + moves.Count)).Select(step => step % 4))))
            {
                switch (move)
                {
                    case 0 when !queue.IsReading && queue.Next <= clock:
                        asked = queue.BeginRead(probing: false);
                        snapshot = [.. disk.Values.OrderBy(row => row.Due).ThenBy(row => row.Id)];
                        break;
                    case 1 when queue.IsReading:
                        DateTimeOffset? next = snapshot!.Count > asked ? DateTimeOffset.FromUnixTimeMilliseconds(snapshot[asked].Due) : null;
                        queue.EndRead(new Backlog([.. snapshot.Take(asked)], next), takes: true, 0);
                        break;
                    case 2 when queue.Waiting > 0:
                        var taken = queue.Take();
                        Assert.DoesNotContain(flying, other => other.Id == taken.Id);
                        Assert.Equal(disk[taken.Id], taken);
                        flying.Enqueue(taken);
                        break;
                    case 3 when flying.TryDequeue(out var done):
                        disk.Remove(done.Id);
                        settled++;
                        queue.Settle(done);
                        break;
                    case 4 when flying.TryDequeue(out var failed):
                        var again = failed with { Due = clock++, Attempts = failed.Attempts + 1 };
                        disk[failed.Id] = again;
                        queue.Settle(failed);
                        queue.Arm(again.Due);
                        break;
                    case 5:
                        Assert.Empty(queue.Shed());
                        break;
                }
            }

            Assert.Equal(count, settled);
            Assert.Equal(0, memory.Used);
            Assert.Empty(disk);
        });

    private static LaneQueue Create(LaneMemory? memory = null) => new(null!, 7, "acme", new SlotLine(), memory ?? new LaneMemory(), static at => at);

    private static DueCallback Due(long id, long due) => new(id, 1, 1, 0) { Queue = 7, Due = due };
}
