using System.Text;
using Postern.Model;
using Postern.Ports;

namespace Postern.Tests.Contracts;

public abstract partial class StoreContract
{
    [Fact]
    public async Task An_event_comes_out_as_it_went_in()
    {
        var content = Content() with
        {
            ProducerId = "p-1",
            Subject = "",
            Time = new DateTimeOffset(2026, 5, 6, 7, 8, 9, TimeSpan.FromHours(2)).AddTicks(1234567),
            DataSchema = "https://example.com/schema",
            Extensions = new Dictionary<string, string> { ["traceparent"] = "00-ab-cd-01", ["note"] = "ä\"<&\u0001" },
            Audience = ["acme", "globex"],
            Target = 7,
            Data = new byte[] { 0, 255, 10, 13, 0 },
        };
        var staged = await StageAsync(content);
        var fromMemory = await Store.ReadEventAsync(staged.Sequence, Cancellation);
        await ReopenAsync();
        var fromDisk = await Store.ReadEventAsync(staged.Sequence, Cancellation);

        foreach (var read in new[] { fromMemory!, fromDisk! })
        {
            Assert.Equal(staged.Id, read.Id);
            Assert.Equal(Time.GetUtcNow(), read.Staged);
            Assert.Equal(content.Data.ToArray(), read.Content.Data.ToArray());
            Assert.Equal(content.Extensions, read.Content.Extensions);
            Assert.Equal(content.Audience, read.Content.Audience);
            Assert.Equal(TimeSpan.Zero, read.Content.Time.Offset);
            Assert.Equal(
                content with { Data = default, Extensions = null, Audience = null },
                read.Content with { Data = default, Extensions = null, Audience = null });
        }
    }

    [Fact]
    public async Task Data_without_a_byte_is_kept_as_such()
    {
        var staged = await StageAsync(Content(data: "") with { DataContentType = null });
        await ReopenAsync();

        var read = await Store.ReadEventAsync(staged.Sequence, Cancellation);

        Assert.True(read!.Content.Data.IsEmpty);
        Assert.Null(read.Content.DataContentType);
    }

    [Fact]
    public async Task Sequences_count_from_one_without_gaps()
    {
        var first = await Store.StageAsync([Content(), Content()], Cancellation);
        await StageAsync(Content(producerId: "a"));
        await StageAsync(Content(producerId: "a"));
        var last = await StageAsync();

        Assert.Equal([1, 2], first.Select(staged => staged.Sequence));
        Assert.Equal(4, last.Sequence);
        Assert.Equal(4, Store.Statistics.LastSequence);
    }

    [Fact]
    public async Task The_same_source_and_id_is_stored_once()
    {
        var first = await StageAsync(Content(producerId: "a", data: "1"));
        var again = await StageAsync(Content(producerId: "a", data: "2"));
        await ReopenAsync();
        var later = await StageAsync(Content(producerId: "a", data: "3"));

        Assert.False(first.Duplicate);
        Assert.Equal(first with { Duplicate = true }, again);
        Assert.Equal(first with { Duplicate = true }, later);
        Assert.Equal("1", Encoding.UTF8.GetString((await Store.FindEventAsync(first.Id, Cancellation))!.Content.Data.Span));
    }

    [Fact]
    public async Task The_same_source_and_id_twice_in_one_list_is_stored_once()
    {
        var staged = await Store.StageAsync([Content(producerId: "a"), Content(producerId: "b"), Content(producerId: "a")], Cancellation);

        Assert.Equal([false, false, true], staged.Select(one => one.Duplicate));
        Assert.Equal(staged[0].Id, staged[2].Id);
    }

    [Fact]
    public async Task The_same_id_of_another_source_is_another_event()
    {
        await StageAsync(Content(producerId: "a", source: "/orders"));

        Assert.False((await StageAsync(Content(producerId: "a", source: "/customers"))).Duplicate);
    }

    [Fact]
    public async Task The_same_source_and_id_at_the_same_moment_is_stored_once()
    {
        var staged = await Task.WhenAll(Enumerable.Range(0, 200).Select(index =>
            Task.Run(() => StageAsync(Content(producerId: $"p{index % 10}")))));

        Assert.Equal(10, staged.Count(one => !one.Duplicate));
        Assert.All(staged.GroupBy(one => one.Sequence), group => Assert.Single(group.Select(one => one.Id).Distinct()));
        Assert.Equal(10, Store.Statistics.LastSequence);
    }

    [Fact]
    public async Task An_event_is_found_by_its_whole_id_only()
    {
        var staged = await StageAsync();
        var other = EventId.Create(staged.Sequence, random: 1);

        Assert.Equal(staged.Sequence, (await Store.FindEventAsync(staged.Id, Cancellation))!.Sequence);
        Assert.Null(await Store.FindEventAsync(other, Cancellation));
        Assert.Null(await Store.FindEventAsync("nonsense", Cancellation));
        Assert.Null(await Store.FindEventAsync(EventId.Create(99), Cancellation));
    }

    [Fact]
    public async Task Events_are_read_in_order_from_memory_and_from_disk()
    {
        await Store.StageAsync([.. Enumerable.Range(1, 10).Select(number => Content(data: $"{number}"))], Cancellation);
        var fromMemory = await Store.ReadEventsAsync(3, 4, Cancellation);
        await ReopenAsync();
        var fromDisk = await Store.ReadEventsAsync(3, 4, Cancellation);
        var rest = await Store.ReadEventsAsync(7, 100, Cancellation);

        Assert.Equal([4, 5, 6, 7], fromMemory.Select(read => read.Sequence));
        Assert.Equal([4, 5, 6, 7], fromDisk.Select(read => read.Sequence));
        Assert.Equal([8, 9, 10], rest.Select(read => read.Sequence));
        Assert.Empty(await Store.ReadEventsAsync(10, 100, Cancellation));
    }

    [Fact]
    public async Task A_fresh_event_is_read_synchronously()
    {
        var staged = await StageAsync();

        Assert.True(Store.ReadEventAsync(staged.Sequence, Cancellation).AsTask().IsCompletedSuccessfully);
        Assert.True(Store.ReadEventsAsync(0, 10, Cancellation).AsTask().IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Waiting_ends_when_an_event_comes()
    {
        var staged = await StageAsync();
        await Store.WaitForEventsAsync(staged.Sequence - 1, Cancellation);
        var waiting = Store.WaitForEventsAsync(staged.Sequence, Cancellation).AsTask();
        Assert.False(waiting.IsCompleted);

        await StageAsync();

        await waiting;
    }

    [Fact]
    public async Task No_wake_up_is_lost_while_events_come()
    {
        const int Events = 500;
        async Task Read()
        {
            for (var seen = 0L; seen < Events;)
            {
                await Store.WaitForEventsAsync(seen, Cancellation);
                var events = await Store.ReadEventsAsync(seen, 100, Cancellation);
                Assert.NotEmpty(events);
                seen = events[^1].Sequence;
            }
        }

        var reader = Task.Run(Read, Cancellation);

        async Task Publish()
        {
            for (var index = 0; index < Events / 10; index++)
            {
                await StageAsync();
            }
        }

        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Task.Run(Publish, Cancellation)));

        await reader.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
    }

    [Fact]
    public async Task A_wait_can_be_given_up()
    {
        using var source = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var patience = source.Token;
        var waiting = Store.WaitForEventsAsync(0, patience).AsTask();

        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task What_was_cancelled_before_it_ran_is_not_stored()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Store.StageAsync([Content()], new CancellationToken(canceled: true)));

        Assert.Equal(0, Store.Statistics.LastSequence);
    }

    [Fact]
    public async Task Events_are_listed_newest_first_by_page()
    {
        await Store.StageAsync(
            [Content(), Content("orders.deleted"), Content() with { Subject = "7" }, Content(source: "/customers"), Content()], Cancellation);

        async Task<IEnumerable<long>> List(EventQuery query) => (await Store.ListEventsAsync(query, Cancellation)).Select(read => read.Sequence);

        Assert.Equal([5, 4, 3], await List(new EventQuery { Limit = 3 }));
        Assert.Equal([2, 1], await List(new EventQuery { Before = 3, Limit = 3 }));
        Assert.Equal([2], await List(new EventQuery { Type = "orders.deleted" }));
        Assert.Equal([4], await List(new EventQuery { Source = "/customers" }));
        Assert.Equal([3], await List(new EventQuery { Subject = "7" }));
        Assert.Equal([5, 1], await List(new EventQuery { Source = "/orders", Subject = "42", Type = "orders.created" }));
    }
}
