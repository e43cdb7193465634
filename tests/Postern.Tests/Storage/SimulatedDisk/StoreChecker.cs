using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Postern.Model;
using Postern.Ports;
using Postern.Storage.Sqlite;
using Postern.Storage.Sql.Engine;
using Postern.Storage.Sqlite.Engine;

namespace Postern.Tests.Storage.SimulatedDisk;

/// <summary>Opens what a power loss has left, as a start after it does, and says what is wrong with it.</summary>
internal static class StoreChecker
{
    // In memory where there is such a place: it is the images that count, not this machine's disk.
    private static readonly string Root = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();

    /// <returns>What is wrong; null when everything holds.</returns>
    public static Task<string?> FaultOfAsync(DiskImage image, RecordedRun run) => InFolderAsync(image, async path =>
    {
        await CheckAsync(path, run.Events, isWhole: run.Steps.Count(step => step.Intended <= image.Point) < run.Steps.Count);
        return CompareStates(StoreDump.Of(path), image.Point, run);
    });

    /// <summary>The same for a store that refused some of what it was given.</summary>
    public static Task<string?> FaultOfAsync(DiskImage image, StagedLedger ledger) => InFolderAsync(image, async path =>
    {
        await using (var store = await OpenAsync(path))
        {
            var stored = (await store.ReadEventsAsync(0, int.MaxValue, CancellationToken.None))
                .ToDictionary(read => read.Sequence, read => Encoding.UTF8.GetString(read.Content.Data.Span));
            Assert.Equal(store.Statistics.LastSequence, stored.Count);
            Assert.All(stored.Values, data => Assert.Contains(data, ledger.Intended));
            Assert.Equal(stored.Count, stored.Values.Distinct().Count());
            Assert.All(ledger.Acknowledged.Where(entry => entry.Position <= image.Point), entry => Assert.Equal(entry.Data, stored.GetValueOrDefault(entry.Sequence)));
        }

        StoreDump.Of(path);
        return null;
    });

    /// <summary>The same where many changed the store at a time: each thing by itself, and what must hold between them.</summary>
    public static Task<string?> FaultOfAsync(DiskImage image, ConcurrentRun run) => InFolderAsync(image, async path =>
    {
        await (await OpenAsync(path)).DisposeAsync();
        StoreDump.Of(path);
        using var connection = SqliteConnection.Open(new SqliteOptions { Path = path }, cacheKilobytes: 1024, busyTimeout: TimeSpan.FromSeconds(5));
        var found = Things(connection);
        var mayExpire = run.ExpiryBegun <= image.Point;
        foreach (var chain in run.Chains)
        {
            var state = found.GetValueOrDefault(chain.Name, StateChain.Absent);
            var expired = mayExpire && state == StateChain.Absent && chain.Name.StartsWith("event", StringComparison.Ordinal);
            if (!expired && chain.FaultOf(state, image.Point) is { } fault)
            {
                return $"at {image.Point}: {fault}";
            }
        }

        var known = run.Chains.Select(chain => chain.Name).ToHashSet(StringComparer.Ordinal);
        return found.Keys.FirstOrDefault(name => !known.Contains(name)) is { } unknown ? $"at {image.Point}: nobody made {unknown}" : FaultBetween(connection, image.Point);
    });

    /// <summary>Events, callbacks and jobs by name, with the state each is in.</summary>
    private static Dictionary<string, string> Things(Connection connection)
    {
        using var rows = connection.Prepare(
            """
            SELECT 'event ' || sequence, CAST(data AS TEXT) FROM events UNION ALL
            SELECT 'callback ' || id, 'fresh' FROM fresh UNION ALL
            SELECT 'callback ' || id, 'backlog ' || attempts FROM backlog UNION ALL
            SELECT 'callback ' || id, CASE state WHEN 2 THEN 'dead' ELSE 'parked' END FROM kept UNION ALL
            SELECT 'job ' || number, done || ' done' FROM jobs WHERE looked > 0 OR state > 1
            """);
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        while (rows.Step())
        {
            // Twice would be a callback in two places.
            found.Add(rows.Text(0), rows.Text(1));
        }

        return found;
    }

    private static string? FaultBetween(Connection connection, int point)
    {
        var wrong = connection.ReadNumber(
            """
            SELECT (SELECT pending <> (SELECT count(*) FROM fresh) + (SELECT count(*) FROM backlog) + (SELECT count(*) FROM kept WHERE state = 1) FROM counters)
              + 2 * (SELECT dead <> (SELECT count(*) FROM kept WHERE state = 2) FROM counters)
              + 4 * (SELECT cursor > last_sequence FROM counters)
              + 8 * EXISTS (SELECT event FROM fresh UNION SELECT event FROM backlog UNION SELECT event FROM kept EXCEPT SELECT sequence FROM events)
              + 16 * EXISTS (SELECT 1 FROM events, counters WHERE sequence > last_sequence)
              + 32 * EXISTS (SELECT 1 FROM attempts, counters WHERE number > last_attempt)
            """);
        return wrong == 0 ? null : $"at {point}: rows and counters, or owed ones and events, do not agree ({wrong})";
    }

    /// <summary>Does something with the files of an image in a folder of its own.</summary>
    public static async Task<string?> InFolderAsync(DiskImage image, Func<string, Task<string?>> judge)
    {
        var folder = Path.Combine(Root, $"postern-image-{Guid.NewGuid():N}");
        Directory.CreateDirectory(folder);
        try
        {
            foreach (var (name, content) in image.Files)
            {
                await File.WriteAllBytesAsync(Path.Combine(folder, name), content);
            }

            return await judge(Path.Combine(folder, "postern.db"));
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return $"at {image.Point}: {exception.GetType().Name}: {exception.Message}";
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    public static ValueTask<SqliteStore> OpenAsync(string path) => SqliteStore.OpenAsync(
        new SqliteOptions { Path = path, Readers = 1 }, TimeProvider.System, NullLogger.Instance, CancellationToken.None);

    /// <summary>Steps that had been acknowledged at a point.</summary>
    public static int Acknowledged(int point, RecordedRun run) => run.Steps.Count(step => step.Acknowledged <= point);

    /// <summary>What every store must hold, whatever was lost: through its own methods.</summary>
    /// <param name="isWhole">No subscription has been removed: what it is owed still is not listed any more.</param>
    private static async Task CheckAsync(string path, IReadOnlyList<(long Sequence, byte[] Data)> given, bool isWhole)
    {
        await using var store = await OpenAsync(path);
        var statistics = store.Statistics;
        var events = await store.ReadEventsAsync(0, int.MaxValue, CancellationToken.None);
        Assert.Equal(statistics.LastSequence, events.Count);
        foreach (var (stored, (sequence, data)) in events.Zip(given))
        {
            Assert.True(stored.Sequence == sequence && stored.Content.Data.Span.SequenceEqual(data) && !stored.IsDamaged, $"event {sequence} is not what was given");
        }

        Assert.InRange(statistics.Cursor, 0, statistics.LastSequence);
        var callbacks = (await store.ListCallbacksAsync(new CallbackQuery { Limit = 10_000 }, CancellationToken.None)).Callbacks;
        Assert.All(callbacks, callback => Assert.True(EventId.TryReadSequence(callback.EventId, out var sequence) && sequence <= statistics.Cursor));
        Assert.Equal(statistics.Dead, callbacks.Count(callback => callback.State == CallbackState.Dead));
        var pending = callbacks.Count(callback => callback.State != CallbackState.Dead);
        Assert.InRange(statistics.Pending, pending, isWhole ? pending : long.MaxValue);
        var subscriptions = await store.ListSubscriptionsAsync(new SubscriptionQuery { Limit = int.MaxValue }, CancellationToken.None);
        Assert.Equal(statistics.Subscriptions, subscriptions.Count);
    }

    /// <summary>Acknowledged ⊆ stored ⊆ intended: it is one of the states from the last acknowledged one to the last intended one.</summary>
    private static string? CompareStates(string found, int point, RecordedRun run)
    {
        var acknowledged = Math.Max(1, Acknowledged(point, run));
        var intended = run.Steps.Count(step => step.Intended <= point);
        for (var index = acknowledged; index <= Math.Max(acknowledged, intended); index++)
        {
            if (run.Steps[index - 1].After == found)
            {
                return null;
            }
        }

        var other = run.Steps.ToList().FindIndex(step => step.After == found);
        return other >= 0
            ? $"at {point}: the state after step {other + 1} ({run.Steps[other].What}), where {acknowledged} were acknowledged and {intended} intended"
            : $"at {point}: a state that never was";
    }
}
