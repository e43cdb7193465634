using Microsoft.Extensions.Logging.Abstractions;
using Postern.Model;
using Postern.Model.Access;
using Postern.Ports;
using Postern.Storage.Copying;
using Postern.Storage.PostgreSql;
using Postern.Storage.Sqlite;
using Postern.Storage.Sqlite.Engine;

namespace Postern.Tests.Storage.PostgreSql;

/// <summary><c>postern store copy</c>: what stood in the file stands in the database, or it is told that it does not.</summary>
public sealed class StoreCopyTests(PostgreSqlFixture fixture) : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private SqliteOptions From => new() { Path = folder.File("postern.db") };

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Everything_is_there_and_goes_on_in_the_database()
    {
        var server = await fixture.StartAsync();
        var to = new PostgreSqlOptions { Url = await server.NewDatabaseAsync() };
        await FillAsync(events: 12_000);
        IReadOnlyList<Event> events;
        IReadOnlyList<Subscription> subscriptions;
        IReadOnlyList<DueCallback> owed;
        await using (var store = await SqliteStore.OpenAsync(From, TimeProvider.System, NullLogger.Instance, Cancellation))
        {
            events = await store.ReadEventsAsync(0, int.MaxValue, Cancellation);
            subscriptions = await store.ListSubscriptionsAsync(new SubscriptionQuery(), Cancellation);
            owed = await store.ReadHandedOutAsync(0, int.MaxValue, Cancellation);
        }

        var told = new List<string>();
        await StoreCopy.RunAsync(From, to, told.Add, Cancellation);

        Assert.Contains("events: 12,000 rows copied", told);
        Assert.Contains("events: 12,000 rows are the same", told);
        await using var copy = await PostgreSqlStore.OpenAsync(to, TimeProvider.System, NullLogger.Instance, Cancellation);
        Assert.Equal(events.Select(Shown), (await copy.ReadEventsAsync(0, int.MaxValue, Cancellation)).Select(Shown));
        Assert.Equal(subscriptions.Select(one => (one.Number, one.Id, one.Callback, one.Queue)), (await copy.ListSubscriptionsAsync(new SubscriptionQuery(), Cancellation)).Select(one => (one.Number, one.Id, one.Callback, one.Queue)));
        Assert.Equal(owed, await copy.ReadHandedOutAsync(0, int.MaxValue, Cancellation));
        Assert.Single((await copy.ReadConsumersAsync(Cancellation)).All);

        // The numbers go on, those that the database gives too.
        Assert.True((await copy.StageAsync([SqliteFixture.Content(producerId: "p7")], Cancellation))[0].Duplicate);
        Assert.Equal(12_001, (await copy.StageAsync([SqliteFixture.Content()], Cancellation))[0].Sequence);
        Assert.NotNull(await copy.AddConsumerAsync(Consumer("second"), Cancellation));
        Assert.Equal(subscriptions.Count + 1, (await copy.AddSubscriptionAsync(Wish("https://other.example/"), null, Cancellation)).Number);
    }

    /// <summary>Where there ever were consumers nobody is anonymous again, also when the last of them is gone.</summary>
    [Fact]
    public async Task That_there_were_consumers_is_not_forgotten()
    {
        var to = new PostgreSqlOptions { Url = await (await fixture.StartAsync()).NewDatabaseAsync() };
        await FillAsync(events: 1);
        await using (var store = await SqliteStore.OpenAsync(From, TimeProvider.System, NullLogger.Instance, Cancellation))
        {
            await store.RemoveConsumerAsync("first", 100, Cancellation);
            Assert.Empty((await store.ReadConsumersAsync(Cancellation)).All);
        }

        await StoreCopy.RunAsync(From, to, static _ => { }, Cancellation);

        await using var copy = await PostgreSqlStore.OpenAsync(to, TimeProvider.System, NullLogger.Instance, Cancellation);
        var consumers = await copy.ReadConsumersAsync(Cancellation);
        Assert.Empty(consumers.All);
        Assert.True(consumers.WereAny);
    }

    [Fact]
    public async Task A_copy_that_is_broken_off_goes_on_and_until_then_nobody_opens_the_database()
    {
        var server = await fixture.StartAsync();
        var to = new PostgreSqlOptions { Url = await server.NewDatabaseAsync() };
        await FillAsync(events: 12_000);
        using (var stop = new CancellationTokenSource())
        {
            // At the first table that is whole.
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => StoreCopy.RunAsync(From, to, _ => stop.Cancel(), stop.Token));
        }

        var refused = await Assert.ThrowsAsync<StoreRefusedException>(
            async () => await PostgreSqlStore.OpenAsync(to, TimeProvider.System, NullLogger.Instance, Cancellation));
        Assert.Contains("has not ended: run `postern store copy` again", refused.Message, StringComparison.Ordinal);

        // In the middle of a table that grows: what is there is not copied again.
        await server.QueryAsync(NameOf(to), "DELETE FROM store_copy; DELETE FROM events WHERE sequence > 5000");
        var told = new List<string>();
        await StoreCopy.RunAsync(From, to, told.Add, Cancellation);

        Assert.Contains("events: 7,000 rows copied", told);
        await (await PostgreSqlStore.OpenAsync(to, TimeProvider.System, NullLogger.Instance, Cancellation)).DisposeAsync();
    }

    [Fact]
    public async Task A_row_that_is_another_is_found_and_copied_anew()
    {
        var server = await fixture.StartAsync();
        var to = new PostgreSqlOptions { Url = await server.NewDatabaseAsync() };
        await FillAsync(events: 100);
        using (var stop = new CancellationTokenSource())
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => StoreCopy.RunAsync(From, to, _ => stop.Cancel(), stop.Token));
        }

        await server.QueryAsync(NameOf(to), "UPDATE events SET data = '\\x00' WHERE sequence = 50");
        var refused = await Assert.ThrowsAsync<StoreRefusedException>(() => StoreCopy.RunAsync(From, to, static _ => { }, Cancellation));
        Assert.Contains("The table events has 100 rows", refused.Message, StringComparison.Ordinal);

        await StoreCopy.RunAsync(From, to, static _ => { }, Cancellation);
        Assert.Equal("0", await server.QueryAsync(NameOf(to), "SELECT count(*) FROM events WHERE data = '\\x00'"));
    }

    [Fact]
    public async Task A_database_that_holds_something_and_a_store_that_is_in_use_are_refused()
    {
        var to = new PostgreSqlOptions { Url = await (await fixture.StartAsync()).NewDatabaseAsync() };
        await FillAsync(events: 1);
        await using (var other = await PostgreSqlStore.OpenAsync(to, TimeProvider.System, NullLogger.Instance, Cancellation))
        {
            await other.StageAsync([SqliteFixture.Content()], Cancellation);
        }

        Assert.Contains("is not empty: its table events has rows", (await Refused(to)).Message, StringComparison.Ordinal);
        await using var store = await SqliteStore.OpenAsync(From, TimeProvider.System, NullLogger.Instance, Cancellation);
        Assert.Contains("is in use by another process", (await Refused(to)).Message, StringComparison.Ordinal);
    }

    /// <summary>A column that one of the two does not have would be lost on the way.</summary>
    [Fact]
    public async Task Both_databases_have_the_tables_and_columns_that_are_copied_and_no_others()
    {
        var server = await fixture.StartAsync();
        var url = await server.NewDatabaseAsync();
        await (await PostgreSqlStore.OpenAsync(new PostgreSqlOptions { Url = url }, TimeProvider.System, NullLogger.Instance, Cancellation)).DisposeAsync();
        await FillAsync(events: 1);
        var copied = CopiedTable.All.SelectMany(table => table.ColumnNames.Select(column => $"{table.Name}.{column}")).Order(StringComparer.Ordinal).ToList();

        var there = (await server.QueryAsync(
            NameOf(new PostgreSqlOptions { Url = url }),
            "SELECT c.relname || '.' || a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND c.relname NOT IN ('store', 'changes', 'lead')"))
            .Split('\n').Order(StringComparer.Ordinal);
        var here = new List<string>();
        using (var connection = SqliteConnection.Open(From, 1000, TimeSpan.Zero))
        {
            using var rows = connection.Prepare(
                "SELECT m.name || '.' || c.name FROM sqlite_schema m, pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'");
            while (rows.Step())
            {
                here.Add(rows.Text(0));
            }
        }

        Assert.Equal(copied, there);
        Assert.Equal(copied, here.Order(StringComparer.Ordinal));
    }

    private Task<StoreRefusedException> Refused(PostgreSqlOptions to) =>
        Assert.ThrowsAsync<StoreRefusedException>(() => StoreCopy.RunAsync(From, to, static _ => { }, Cancellation));

    private async Task FillAsync(int events)
    {
        await using var store = await SqliteStore.OpenAsync(From, TimeProvider.System, NullLogger.Instance, Cancellation);
        var subscription = await store.AddSubscriptionAsync(Wish("https://example.com/hook"), null, Cancellation);
        await store.AddConsumerAsync(Consumer("first"), Cancellation);
        await store.StageAsync([.. Enumerable.Range(0, events).Select(number => SqliteFixture.Content($"{{\"ü\":{number}}}", $"p{number}"))], Cancellation);
        var due = await store.CommitMatchesAsync(0, events, [.. Enumerable.Range(1, Math.Min(events, 50)).Select(sequence => new Match(sequence, subscription.Number))], Cancellation);
        foreach (var (index, callback) in due.Take(30).Index())
        {
            CallbackOutcome outcome = (index % 3) switch
            {
                0 => new CallbackOutcome.Delivered(),
                1 => new CallbackOutcome.Dead("No more tries."),
                _ => new CallbackOutcome.RetryAt(TimeProvider.System.GetUtcNow().AddHours(index)),
            };
            await store.RecordAsync(new CallbackResult(callback, outcome, Try()), Cancellation);
        }
    }

    private static Attempt Try() => new()
    {
        At = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), Outcome = AttemptOutcome.Delivered, Status = 200, Duration = TimeSpan.FromMilliseconds(3), Response = "ok"u8.ToArray(),
    };

    private static StoredConsumer Consumer(string name) => new()
    {
        Name = name, Scopes = null, Operator = false, Created = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), Credentials = [],
    };

    private static Subscription Wish(string callback) => new()
    {
        Id = SubscriptionId.Create(), Consumer = "acme", Resource = "/orders", Callback = callback, Created = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        Secrets = [new SealedSecret(new byte[] { 1, 2, 3 }, null)],
    };

    private static string Shown(Event @event) => $"{@event.Sequence} {@event.Id} {@event.Content.ProducerId} {System.Text.Encoding.UTF8.GetString(@event.Content.Data.Span)} {@event.IsDamaged}";

    private static string NameOf(PostgreSqlOptions options) => options.Url[(options.Url.LastIndexOf('/') + 1)..];
}
