using Postern.Model;
using Postern.Ports;
using Postern.Storage.PostgreSql;

namespace Postern.Tests.Storage.PostgreSql;

/// <summary>What a PostgreSQL store does when its server fails it.</summary>
public sealed class PostgreSqlFaultTests(PostgreSqlFixture fixture)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_session_that_is_ended_loses_nothing_that_was_acknowledged_and_is_made_anew()
    {
        var server = await fixture.StartAsync();
        var url = await server.NewDatabaseAsync();
        var database = NameOf(url);
        await using var store = await OpenAsync(url);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var acknowledged = new List<Staged>();
        var refused = 0;

        // Ended again and again, at whatever it does: within a transaction, at its commit, between two.
        var ending = Task.Run(
            async () =>
            {
                for (var times = 0; times < 40; times++)
                {
                    await server.QueryAsync(database, $"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}' AND application_name LIKE 'postern writer%'");
                }

                await stop.CancelAsync();
            },
            Cancellation);
        for (var number = 0; !stop.IsCancellationRequested; number++)
        {
            try
            {
                acknowledged.AddRange(await store.StageAsync([Content($"p{number}"), Content($"q{number}")], Cancellation));
            }
            catch (StoreUnavailableException)
            {
                refused++;
            }
        }

        await ending;
        await UntilAsync(async () => await TryStageAsync(store) is not null);
        var kept = await store.ReadEventsAsync(0, int.MaxValue, Cancellation);
        Assert.True(refused > 0, "No session was ended while it was used.");
        Assert.Subset(kept.Select(@event => @event.Id).ToHashSet(), acknowledged.Select(staged => staged.Id).ToHashSet());
        Assert.Equal(kept.Count, kept.Select(@event => @event.Content.ProducerId).Distinct().Count());
        Assert.Equal(Enumerable.Range(1, kept.Count).Select(sequence => (long)sequence), kept.Select(@event => @event.Sequence));
    }

    /// <summary>Who hears that nothing was stored does the same again: what was stored all the same would be done twice, or refuse the second time.</summary>
    [Fact]
    public async Task What_a_waiter_hears_of_a_commit_whose_answer_was_lost_is_true()
    {
        var server = await fixture.StartAsync();
        var url = await server.NewDatabaseAsync();
        var database = NameOf(url);
        await using var swallower = new AnswerSwallower(server.Port);
        await using var store = await OpenAsync(url.Replace($":{server.Port}", $":{swallower.Port}", StringComparison.Ordinal));
        var subscription = await store.AddSubscriptionAsync(
            new Subscription
            {
                Id = SubscriptionId.Create(), Consumer = "acme", Resource = "/orders", Callback = "https://example.com/hook", Created = DateTimeOffset.UnixEpoch,
                Secrets = [new SealedSecret(new byte[] { 1 }, null)],
            },
            null, Cancellation);
        swallower.Swallows = true;
        var cursor = 0L;
        for (var number = 0; swallower.Swallowed < 20; number++)
        {
            var last = (await InsistAsync(() => store.StageAsync([Content($"p{number}")], Cancellation)))[0].Sequence;
            var due = await InsistAsync(() => store.CommitMatchesAsync(cursor, last, [new Match(last, subscription.Number)], Cancellation));
            cursor = last;
            await InsistAsync(() => store.RecordAsync(new CallbackResult(Assert.Single(due), new CallbackOutcome.Delivered(), Delivered()), Cancellation));
        }

        Assert.Equal((cursor, cursor, 0L), (store.Statistics.LastSequence, store.Statistics.Cursor, store.Statistics.Pending));
        Assert.Equal($"{cursor}|{cursor}", await server.QueryAsync(database, "SELECT count(*), count(DISTINCT callback) FROM attempts"));

        async Task<T> InsistAsync<T>(Func<ValueTask<T>> operation)
        {
            while (true)
            {
                try
                {
                    return await operation();
                }
                catch (StoreUnavailableException)
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(5), Cancellation);
                }
            }
        }
    }

    [Fact]
    public async Task A_server_that_crashes_and_comes_back_is_written_again()
    {
        await fixture.StartAsync();
        await using var server = await PostgreSqlServer.StartAsync();
        await using var store = await OpenAsync(await server.NewDatabaseAsync());
        var before = await store.StageAsync([Content("a")], Cancellation);

        await server.CrashAsync();
        var refused = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.StageAsync([Content("b")], Cancellation));
        Assert.Contains("PostgreSQL 127.0.0.1:", refused.Message, StringComparison.Ordinal);
        Assert.False(store.Statistics.Healthy);
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.ListEventsAsync(new EventQuery(), Cancellation));

        await server.BeginAsync();
        await UntilAsync(() => Task.FromResult(store.Statistics.Healthy));
        Assert.True((await store.StageAsync([Content("a")], Cancellation))[0].Duplicate);
        Assert.Equal(2, (await store.StageAsync([Content("b")], Cancellation))[0].Sequence);
        Assert.Equal(before[0].Id, (await store.ListEventsAsync(new EventQuery(), Cancellation))[1].Id);
    }

    [Fact]
    public async Task An_operation_that_the_server_refuses_takes_no_other_with_it()
    {
        await using var store = await OpenAsync(await (await fixture.StartAsync()).NewDatabaseAsync());

        // PostgreSQL's texts hold no U+0000. What stands in one commit with it is kept.
        var bad = Enumerable.Range(0, 20).Select(number => store.StageAsync([Content($"bad\0{number}")], Cancellation).AsTask()).ToList();
        var good = Enumerable.Range(0, 20).Select(number => store.StageAsync([Content($"good{number}")], Cancellation).AsTask()).ToList();

        await Task.WhenAll(good);
        foreach (var one in bad)
        {
            await Assert.ThrowsAsync<StoreUnavailableException>(() => one);
        }

        Assert.True(store.Statistics.Healthy);
        Assert.Equal(20, (await store.ReadEventsAsync(0, 100, Cancellation)).Count);
        Assert.Equal(Enumerable.Range(1, 20).Select(sequence => (long)sequence), (await store.ReadEventsAsync(0, 100, Cancellation)).Select(@event => @event.Sequence));
    }

    [Fact]
    public async Task Keys_of_any_length_are_told_apart()
    {
        await using var store = await OpenAsync(await (await fixture.StartAsync()).NewDatabaseAsync());
        var (random, text) = (new Random(1), new byte[20_000]);
        random.NextBytes(text);
        var key = Convert.ToHexString(text);

        Assert.False((await store.StageAsync([Content(key + "a")], Cancellation))[0].Duplicate);
        Assert.False((await store.StageAsync([Content(key + "b")], Cancellation))[0].Duplicate);
        Assert.True((await store.StageAsync([Content(key + "a")], Cancellation))[0].Duplicate);
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        var patience = TimeProvider.System.GetTimestamp();
        while (!await holds())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(patience) < TimeSpan.FromSeconds(30), "It did not come to pass within 30 s.");
            await Task.Delay(TimeSpan.FromMilliseconds(20), Cancellation);
        }
    }

    private static async Task<IReadOnlyList<Staged>?> TryStageAsync(PostgreSqlStore store)
    {
        try
        {
            return await store.StageAsync([Content(null)], Cancellation);
        }
        catch (StoreUnavailableException)
        {
            return null;
        }
    }

    private static Attempt Delivered() => new()
    {
        At = DateTimeOffset.UnixEpoch, Outcome = AttemptOutcome.Delivered, Status = 200, Duration = TimeSpan.FromMilliseconds(3),
    };

    private static ValueTask<PostgreSqlStore> OpenAsync(string url) => PostgreSqlStore.OpenAsync(
        new PostgreSqlOptions { Url = url, ProbeInterval = TimeSpan.FromMilliseconds(50) }, TimeProvider.System, new CollectingLogger(), Cancellation);

    private static EventContent Content(string? producerId) => new()
    {
        ProducerId = producerId,
        Source = "/orders",
        Type = "orders.created",
        Time = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        Data = "{}"u8.ToArray(),
    };

    private static string NameOf(string url) => url[(url.LastIndexOf('/') + 1)..];
}
