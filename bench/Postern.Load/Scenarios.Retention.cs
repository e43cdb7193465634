using System.Diagnostics;
using Microsoft.Data.Sqlite;

namespace Postern.Load;

internal static partial class Scenarios
{
    /// <summary>
    /// A day of attempts, a month old, made as rows; the same store is then loaded twice without their removal and once, between them,
    /// with it. What a stall does to a callback shows at a constant rate.
    /// </summary>
    public static async Task<string> RetentionAsync(string directory, int attempts, int subscriptions)
    {
        var store = Path.Combine(directory, "store");
        Directory.CreateDirectory(store);
        await using (var first = await Child.PosternAsync(store, upstream: 9))
        {
            await first.WaitForPendingAsync(0);
        }

        await AddAttemptsAsync(store, attempts, subscriptions);
        var before = await BesideExpiryAsync(Copy("before"), "3650d");
        var with = await BesideExpiryAsync(Copy("with"), "1d");
        var after = await BesideExpiryAsync(Copy("after"), "3650d");
        return Row($"{attempts:N0} old attempts of {subscriptions:N0} subscriptions expire while delivering",
            $"{with.PerSecond:N0}/s at fan-out 10, {with.Cpu:N0} µs each; steady 1,000 ev/s: p99 {with.P99:N1} ms, longest {with.Longest:N1} ms; {with.Removed:N0} removed in {with.Seconds:N0} s",
            $"without it {before.PerSecond:N0} and {after.PerSecond:N0}/s: {2 * with.PerSecond / (before.PerSecond + after.PerSecond):N2}; p99 {before.P99:N1} and {after.P99:N1} ms, longest {before.Longest:N1} and {after.Longest:N1} ms");

        string Copy(string name)
        {
            var copy = Path.Combine(directory, name);
            Directory.CreateDirectory(Path.GetDirectoryName(StoreIn(copy))!);
            File.Copy(StoreIn(store), StoreIn(copy));
            return copy;
        }
    }

    private sealed record BesideExpiry(double PerSecond, double Cpu, double P99, double Longest, long Removed, double Seconds);

    private static async Task<BesideExpiry> BesideExpiryAsync(string directory, string keep)
    {
        const int FanOut = 10, Events = 30_000, Steady = 20_000;
        await using var receiver = await Receiver.StartAsync([.. Enumerable.Range(0, FanOut).Select(_ => FreePorts.Next())]);
        var had = await CountAttemptsAsync(directory);
        var life = Stopwatch.StartNew();
        double perSecond, cpu;
        double[] latencies;
        await using (var postern = await Child.PosternAsync(directory, upstream: 9, $"retention: {{ attempts: {keep} }}"))
        {
            await Subscribing.AtAsync(postern.Port, receiver.Ports.Select(port => $"http://127.0.0.1:{port}/r"));
            await WarmAsync(postern.Port, receiver, FanOut);
            receiver.Reset();
            var (watch, used) = (Stopwatch.StartNew(), postern.Cpu);
            await ClosedLoop.RunAsync(postern.Port, Connections, Publishes("run", Events, Requests.Body(1024)), 202);
            await receiver.WaitForAsync(Events * FanOut, TimeSpan.FromMinutes(2));
            perSecond = Events * FanOut / watch.Elapsed.TotalSeconds;
            cpu = (postern.Cpu - used).TotalMicroseconds / (Events * FanOut);

            var received = Note(receiver, "steady", Steady, FanOut);
            receiver.Reset();
            var sent = await OpenLoop.RunAsync(postern.Port, Connections, Publishes("steady", Steady, Requests.Body(1024)), 1000, 202);
            await receiver.WaitForAsync(Steady * FanOut, TimeSpan.FromMinutes(1));
            latencies = OpenLoop.Latencies([.. sent.Due.SelectMany(at => Enumerable.Repeat(at, FanOut))], received);
        }

        var made = (long)FanOut * (Events + Steady + (WarmRounds * (10_000 / Math.Max(1, FanOut / 4))));
        return new BesideExpiry(
            perSecond, cpu, ClosedLoop.Percentile(latencies, 0.99), latencies[^1], had + made - await CountAttemptsAsync(directory), life.Elapsed.TotalSeconds);
    }

    private static async Task AddAttemptsAsync(string directory, int attempts, int subscriptions)
    {
        await using var connection = await OpenStoreAsync(directory);
        await using var command = connection.CreateCommand();
        command.CommandText =
            """
            PRAGMA synchronous = OFF;
            WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < @attempts)
            INSERT INTO attempts (number, callback, ordinal, event, subscription, at, outcome, status, duration, error, address, response)
            SELECT i, i, 1, i / 10, 1000000 + (i * 7919) % @subscriptions, @from + i * (864000000000 / @attempts), 0, 204, 13370, NULL, '127.0.0.1:10000', x''
            FROM n;
            UPDATE counters SET last_attempt = @attempts;
            PRAGMA wal_checkpoint(TRUNCATE);
            """;
        command.Parameters.AddWithValue("@attempts", attempts);
        command.Parameters.AddWithValue("@subscriptions", subscriptions);
        command.Parameters.AddWithValue("@from", DateTime.UtcNow.AddDays(-30).Ticks);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<long> CountAttemptsAsync(string directory)
    {
        await using var connection = await OpenStoreAsync(directory);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM attempts";
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static string StoreIn(string directory) => Path.Combine(directory, "data", "postern.db");

    private static async Task<SqliteConnection> OpenStoreAsync(string directory)
    {
        var connection = new SqliteConnection($"Data Source={StoreIn(directory)};Pooling=False");
        await connection.OpenAsync();
        return connection;
    }
}
