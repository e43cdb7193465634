using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Postern.Model;
using Postern.Storage.Sqlite;
using Postern.Storage.Sqlite.Engine;

namespace Postern.Load;

internal static partial class Scenarios
{
    private const int ClaimQueues = 100;
    private const int ClaimBatch = 10_000;
    private const int ClaimRounds = 5;

    /// <summary>What it costs the store to hand out and settle a callback of a backlog, by how much is owed: the front is read, each result committed.</summary>
    public static async Task<string> ClaimAsync(string directory, int few, int many)
    {
        var little = await ClaimCostAsync(Path.Combine(directory, "few"), few);
        var much = await ClaimCostAsync(Path.Combine(directory, "many"), many);
        var again = await ClaimCostAsync(Path.Combine(directory, "again"), few);
        var lower = (little.Median + again.Median) / 2;
        return Row($"claim and settle a callback with {many:N0} owed", $"{much.Median:N1} µs (rounds of {ClaimBatch:N0}: {much.All})",
            $"with {few:N0} owed {little.Median:N1} and {again.Median:N1} µs ({little.All}; {again.All}): {much.Median / lower:N2}");
    }

    private static async Task<(double Median, string All)> ClaimCostAsync(string directory, int owed)
    {
        Directory.CreateDirectory(directory);
        var options = new SqliteOptions { Path = Path.Combine(directory, "postern.db") };
        var costs = new List<double>();

        // The first round compiles and fills caches.
        for (var round = 0; round <= ClaimRounds; round++)
        {
            if (round == 0 || owed <= ClaimBatch)
            {
                await using (await SqliteStore.OpenAsync(options, TimeProvider.System, NullLogger.Instance, default))
                {
                }

                Seed(options, owed);
            }

            await using var store = await SqliteStore.OpenAsync(options, TimeProvider.System, NullLogger.Instance, default);
            var cost = await ClaimAsync(store);
            if (round > 0)
            {
                costs.Add(cost);
            }
        }

        var all = string.Join(" · ", costs.Select(cost => cost.ToString("N1", CultureInfo.InvariantCulture)));
        costs.Sort();
        return (costs[costs.Count / 2], all);
    }

    private static async Task<double> ClaimAsync(SqliteStore store)
    {
        var now = TimeProvider.System.GetUtcNow();
        var watch = Stopwatch.StartNew();
        for (var queue = 1; queue <= ClaimQueues; queue++)
        {
            var found = await store.ReadBacklogAsync(queue, now, DateTimeOffset.MaxValue, ClaimBatch / ClaimQueues, default);
            await Task.WhenAll(found.Callbacks.Select(callback => store.RecordAsync(
                new CallbackResult(
                    callback, CallbackOutcome.Delivered.Instance,
                    new Attempt { At = now, Outcome = AttemptOutcome.Delivered, Status = 204, Duration = TimeSpan.FromMilliseconds(1) }) { Queue = queue },
                default).AsTask()));
        }

        return watch.Elapsed.TotalMicroseconds / ClaimBatch;
    }

    /// <summary>Rows as deferring leaves them, by SQL: through the interface ten million take minutes.</summary>
    private static void Seed(SqliteOptions options, int owed)
    {
        using var connection = SqliteConnection.Open(options, cacheKilobytes: 65_536, busyTimeout: TimeSpan.FromSeconds(5));
        connection.Execute(string.Create(CultureInfo.InvariantCulture, $"""
            BEGIN;
            INSERT OR IGNORE INTO queues (endpoint, consumer)
              WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {ClaimQueues}) SELECT 'http://127.0.0.1:' || i, '' FROM n;
            DELETE FROM backlog;
            INSERT INTO backlog (queue, due, id, event, subscription, attempts, since, ord)
              WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {owed - 1})
              SELECT 1 + i / {owed / ClaimQueues}, 1000 + i % {owed / ClaimQueues} / 100, i + 1, i % {owed / ClaimQueues} + 1, 1 + i / {owed / ClaimQueues}, 1, 1000, 0 FROM n;
            UPDATE counters SET pending = {owed}, last_callback = {owed};
            COMMIT;
            """));
    }
}
