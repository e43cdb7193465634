using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Postern.Model;
using Postern.Ports;
using Postern.Storage.Sqlite;
using Postern.Storage.Sqlite.Engine;

namespace Postern.Tests.Storage.SimulatedDisk;

/// <summary>A disk that gives back other bytes than it was given. What is found is written to the test's output, and kept in docs/guide/limits.md.</summary>
public sealed class DamageTests(ITestOutputHelper output)
{
    private const int Events = 8;

    /// <summary>One byte in so many is flipped in a normal run, from another first byte each time; tests/faults/damage.sh takes them all.</summary>
    private static readonly int Stride = int.Parse(Environment.GetEnvironmentVariable("POSTERN_TEST_STRIDE") ?? "9", CultureInfo.InvariantCulture);

    private enum Finding
    {
        Harmless,

        /// <summary>The store is refused at start, in words.</summary>
        Refused,

        /// <summary>The store opens, and says so of what it cannot read.</summary>
        Unreadable,

        /// <summary>The checksum of an event says so.</summary>
        Damaged,

        /// <summary>The store is as it was earlier, or an event is not there any more.</summary>
        Missing,

        /// <summary>Events are as they were, a row of another table is not: nothing notices.</summary>
        OtherRow,

        /// <summary>Something that must not be.</summary>
        Wrong,
    }

    [Theory]
    [InlineData("postern.db")]
    [InlineData("postern.db-wal")]
    public async Task No_flipped_byte_is_ever_delivered(string file)
    {
        using var folder = new TemporaryFolder();
        var (files, expected) = await MakeAsync(folder.File("postern.db"), inLog: file.EndsWith("-wal", StringComparison.Ordinal));
        // A flip in the log only cuts it off: fewer of them tell as much.
        var stride = file.EndsWith("-wal", StringComparison.Ordinal) ? Stride * 3 : Stride;
        var first = Random.Shared.Next(stride);
        var flips = Enumerable.Range(0, files[file].Length).Where(place => place % stride == first);

        await JudgeAsync($"{file}, one of {stride} of {files[file].Length} bytes from {first}", expected, flips.Select(place => With(files, file, content =>
        {
            content[place] ^= (byte)(1 << (place % 8));
            return content;
        })));
    }

    [Theory]
    [InlineData("postern.db")]
    [InlineData("postern.db-wal")]
    public async Task No_truncated_or_zeroed_tail_is_ever_delivered(string file)
    {
        using var folder = new TemporaryFolder();
        var (files, expected) = await MakeAsync(folder.File("postern.db"), inLog: file.EndsWith("-wal", StringComparison.Ordinal));
        var places = Enumerable.Range(0, files[file].Length / DiskFile.Sector).Select(sector => sector * DiskFile.Sector + 100 * (sector % 2));
        var missing = new Dictionary<string, byte[]>(files);
        missing.Remove(file);

        await JudgeAsync(file, expected,
        [
            .. places.Select(place => With(files, file, content => content[..place])),
            .. places.Select(place => With(files, file, content =>
            {
                content.AsSpan(place).Clear();
                return content;
            })),
            missing,
        ]);
    }

    private static Dictionary<string, byte[]> With(IReadOnlyDictionary<string, byte[]> files, string file, Func<byte[], byte[]> change) =>
        new(files) { [file] = change((byte[])files[file].Clone()) };

    private async Task JudgeAsync(string what, Known expected, IEnumerable<IReadOnlyDictionary<string, byte[]>> cases)
    {
        var found = new ConcurrentDictionary<Finding, int>();
        var wrong = new ConcurrentBag<string>();
        await Parallel.ForEachAsync(cases, SqliteFixture.Cancellation, async (files, _) =>
        {
            var finding = Finding.Wrong;
            var fault = await StoreChecker.InFolderAsync(new DiskImage(0, files), async path =>
            {
                (finding, var why) = await FindAsync(path, expected);
                return why;
            });
            found.AddOrUpdate(finding, 1, (_, count) => count + 1);
            if (finding == Finding.Wrong)
            {
                wrong.Add(fault ?? "");
            }
        });

        output.WriteLine($"{what}: {string.Join(", ", found.OrderBy(entry => entry.Key).Select(entry => $"{entry.Value} {entry.Key}"))}");
        Assert.True(wrong.IsEmpty, string.Join('\n', wrong.GroupBy(text => text).OrderByDescending(group => group.Count()).Take(10).Select(group => $"{group.Count()} × {group.Key}")));
    }

    private static async Task<(Finding, string?)> FindAsync(string path, Known expected)
    {
        SqliteStore store;
        try
        {
            store = await StoreChecker.OpenAsync(path);
        }
        catch (StoreRefusedException)
        {
            return (Finding.Refused, null);
        }

        await using (store)
        {
            try
            {
                return await ReadAsync(store, expected);
            }
            catch (StoreUnavailableException)
            {
                return (Finding.Unreadable, null);
            }
        }
    }

    private static async Task<(Finding, string?)> ReadAsync(SqliteStore store, Known expected)
    {
        var finding = Finding.Harmless;
        for (var sequence = 1L; sequence <= Events; sequence++)
        {
            var read = await store.ReadEventAsync(sequence, CancellationToken.None);
            var now = read switch { null => Finding.Missing, { IsDamaged: true } => Finding.Damaged, _ => Finding.Harmless };
            if (now == Finding.Harmless && Text(read!) != expected.Events[sequence])
            {
                return (Finding.Wrong, $"event {sequence} is read as another one: {Text(read!)}");
            }

            finding = now > finding ? now : finding;
        }

        return finding == Finding.Harmless && await RowsAsync(store) != expected.Rows ? (Finding.OtherRow, null) : (finding, null);
    }

    /// <summary>A small store in small pages, with something in every table.</summary>
    /// <param name="inLog">Everything but the schema is still in the write-ahead log.</param>
    private static async Task<(IReadOnlyDictionary<string, byte[]> Files, Known Expected)> MakeAsync(string path, bool inLog)
    {
        var options = new SqliteOptions { Path = path };
        using (var connection = SqliteConnection.Open(options, 100, TimeSpan.Zero))
        {
            connection.Execute("PRAGMA page_size = 1024; PRAGMA journal_mode = WAL");
        }

        await (await SqliteStore.OpenAsync(options, TimeProvider.System, NullLogger.Instance, SqliteFixture.Cancellation)).DisposeAsync();
        IReadOnlyDictionary<string, byte[]>? files = null;
        Known expected;
        await using (var store = await SqliteStore.OpenAsync(options, TimeProvider.System, NullLogger.Instance, SqliteFixture.Cancellation))
        {
            var subscription = await store.AddSubscriptionAsync(Wish(), SqliteFixture.Cancellation);
            var events = new Dictionary<long, string>();
            for (var sequence = 1; sequence <= Events; sequence++)
            {
                await SqliteFixture.StageAsync(store, Content(sequence));
                await store.CommitMatchesAsync(sequence - 1, sequence, [new Match(sequence, subscription.Number)], SqliteFixture.Cancellation);
                events.Add(sequence, Text((await store.ReadEventAsync(sequence, SqliteFixture.Cancellation))!));
            }

            expected = new Known(events, await RowsAsync(store));
            files = inLog ? Read(path) : null;
        }

        return (files ?? Read(path), expected);
    }

    private static Dictionary<string, byte[]> Read(string path) =>
        new[] { path, path + "-wal" }.Where(File.Exists).ToDictionary(file => Path.GetFileName(file)!, ReadShared);

    private static byte[] ReadShared(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }

    private static async Task<string> RowsAsync(SqliteStore store)
    {
        var text = new StringBuilder();
        text.AppendJoin('\n', await store.ReadHandedOutAsync(0, 1000, CancellationToken.None));
        foreach (var held in await store.ListSubscriptionsAsync(new SubscriptionQuery(), CancellationToken.None))
        {
            text.Append(held with { Secrets = [], Events = [] }).AppendJoin(',', held.Events).AppendJoin(',', held.Secrets.Select(secret => Convert.ToHexString(secret.Ciphertext.Span)));
        }

        return text.Append(store.Statistics with { Healthy = true, Fault = null }).ToString();
    }

    private static string Text(Event read)
    {
        var content = read.Content;
        return string.Join('|', read.Sequence, read.Id, read.Staged.Ticks, content.ProducerId, content.Source, content.Type, content.Subject, content.Time.Ticks,
            content.DataContentType, content.DataSchema, string.Join(',', content.Extensions ?? new Dictionary<string, string>()),
            string.Join(',', content.Audience ?? ["everyone"]), content.Target, Convert.ToHexString(content.Data.Span));
    }

    private static EventContent Content(int sequence) => new()
    {
        ProducerId = sequence % 2 == 0 ? $"p-{sequence}" : null,
        Source = "/orders",
        Type = "orders.created",
        Subject = $"{sequence}",
        Time = DateTimeOffset.UnixEpoch.AddDays(sequence),
        DataContentType = "application/json",
        DataSchema = sequence % 3 == 0 ? "https://example.com/schema" : null,
        Extensions = sequence % 2 == 1 ? new Dictionary<string, string> { ["traceparent"] = "00-1-2-01", ["ext"] = $"{sequence}" } : null,
        Audience = sequence % 4 == 0 ? ["acme"] : null,
        Data = Encoding.UTF8.GetBytes($"{{\"n\":{sequence},\"padding\":\"{new string('x', 40 * sequence * sequence)}\"}}"),
    };

    private static Subscription Wish() => new()
    {
        Id = SubscriptionId.Create(),
        Consumer = "acme",
        Resource = "/orders",
        Callback = "https://example.com/",
        Created = DateTimeOffset.UnixEpoch,
        Secrets = [new SealedSecret(new byte[] { 1, 2, 3 }, null)],
    };

    private sealed record Known(IReadOnlyDictionary<long, string> Events, string Rows);
}
