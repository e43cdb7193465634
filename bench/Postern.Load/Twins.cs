using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Postern.Load;

/// <summary>The native twins that do something by themselves: the least work that a part of Postern could be.</summary>
internal static class Twins
{
    /// <summary>A bare signed loop: 64 workers post 1 KiB with a Standard Webhooks signature through one handler.</summary>
    public static async Task<(double PerSecond, double CpuMicroseconds)> SignedPostsAsync(int receiver, int count)
    {
        using var handler = new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false, ActivityHeadersPropagator = null };
        using var invoker = new HttpMessageInvoker(handler);
        var body = Requests.Body(1024);
        var key = RandomNumberGenerator.GetBytes(32);
        var uri = new Uri($"http://127.0.0.1:{receiver}/twin");
        var next = 0;
        var cpu = Process.GetCurrentProcess().TotalProcessorTime;
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(async () =>
        {
            var number = Interlocked.Increment(ref next);
            while (number <= count)
            {
                var id = "evt_" + number.ToString("D20", CultureInfo.InvariantCulture);
                var timestamp = DateTimeOffset.UtcNow.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
                using var request = new HttpRequestMessage(HttpMethod.Post, uri) { Content = new ByteArrayContent(body) };
                request.Headers.Add("webhook-id", id);
                request.Headers.Add("webhook-timestamp", timestamp);
                request.Headers.Add("webhook-signature", "v1," + Convert.ToBase64String(HMACSHA256.HashData(key, (byte[])[.. Encoding.ASCII.GetBytes($"{id}.{timestamp}."), .. body])));
                using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(15));
                using var response = await invoker.SendAsync(request, deadline.Token);
                number = Interlocked.Increment(ref next);
            }
        })));
        var seconds = watch.Elapsed.TotalSeconds;
        return (count / seconds, (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalMicroseconds / count);
    }

    /// <summary>Bare group-commit inserts: 64 callers hand 1 KiB rows to one writer, SQLite WAL, FULL.</summary>
    public static Task<double> GroupCommitAsync(string directory, int count) =>
        Child.Store is { } url ? GroupCommitAsync(url, count, 1024) : GroupCommitOnSqliteAsync(directory, count);

    private static async Task<double> GroupCommitOnSqliteAsync(string directory, int count)
    {
        await using var connection = new SqliteConnection($"Data Source={directory}/twin.db;Pooling=False");
        await connection.OpenAsync();
        Execute("PRAGMA page_size=16384; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE rows(id INTEGER PRIMARY KEY, data BLOB NOT NULL);");
        await using var insert = connection.CreateCommand();
        insert.CommandText = "INSERT INTO rows(data) VALUES (@data)";
        insert.Parameters.AddWithValue("@data", Requests.Body(1024));
        insert.Prepare();
        return await CommitInGroupsAsync(count, rows =>
        {
            Execute("BEGIN IMMEDIATE");
            for (var row = 0; row < rows; row++)
            {
                insert.ExecuteNonQuery();
            }

            Execute("COMMIT");
        });

        void Execute(string sql)
        {
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            command.ExecuteNonQuery();
        }
    }

    /// <summary>The same on PostgreSQL: one writer, arrays, a transaction for what has queued.</summary>
    private static async Task<double> GroupCommitAsync(string url, int count, int bytes)
    {
        var address = new Uri(url);
        await using var connection = new NpgsqlConnection(
            $"Host={address.Host};Port={address.Port};Database={address.AbsolutePath.Trim('/')};Username={address.UserInfo};SSL Mode=Disable;Pooling=false;Max Auto Prepare=10");
        await connection.OpenAsync();
        await using (var create = new NpgsqlCommand("DROP TABLE IF EXISTS twin; CREATE TABLE twin (id bigint PRIMARY KEY, data bytea NOT NULL)", connection))
        {
            await create.ExecuteNonQueryAsync();
        }

        var (body, last) = (Requests.Body(bytes), 0L);
        await using var insert = new NpgsqlCommand("INSERT INTO twin SELECT * FROM unnest($1, $2)", connection);
        insert.Parameters.Add(new NpgsqlParameter<long[]>());
        insert.Parameters.Add(new NpgsqlParameter<byte[][]>());
        return await CommitInGroupsAsync(count, rows =>
        {
            insert.Parameters[0].Value = Enumerable.Range(0, rows).Select(_ => ++last).ToArray();
            insert.Parameters[1].Value = Enumerable.Repeat(body, rows).ToArray();
            insert.ExecuteNonQuery();
        });
    }

    private static async Task<double> CommitInGroupsAsync(int count, Action<int> commit)
    {
        var queue = Channel.CreateUnbounded<TaskCompletionSource>();
        var writer = Task.Run(async () =>
        {
            var batch = new List<TaskCompletionSource>();
            while (await queue.Reader.WaitToReadAsync())
            {
                while (queue.Reader.TryRead(out var waiter))
                {
                    batch.Add(waiter);
                }

                commit(batch.Count);
                batch.ForEach(static waiter => waiter.SetResult());
                batch.Clear();
            }
        });
        var next = 0;
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref next) <= count)
            {
                var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                queue.Writer.TryWrite(waiter);
                await waiter.Task;
            }
        })));
        var seconds = watch.Elapsed.TotalSeconds;
        queue.Writer.Complete();
        await writer;
        return count / seconds;
    }
}
