using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;

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
    public static async Task<double> GroupCommitAsync(string directory, int count)
    {
        await using var connection = new SqliteConnection($"Data Source={directory}/twin.db;Pooling=False");
        await connection.OpenAsync();
        Execute("PRAGMA page_size=16384; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE rows(id INTEGER PRIMARY KEY, data BLOB NOT NULL);");
        var body = Requests.Body(1024);
        var queue = Channel.CreateUnbounded<TaskCompletionSource>();
        var writer = Task.Run(async () =>
        {
            await using var insert = connection.CreateCommand();
            insert.CommandText = "INSERT INTO rows(data) VALUES (@data)";
            insert.Parameters.AddWithValue("@data", body);
            insert.Prepare();
            var batch = new List<TaskCompletionSource>();
            while (await queue.Reader.WaitToReadAsync())
            {
                Execute("BEGIN IMMEDIATE");
                while (queue.Reader.TryRead(out var waiter))
                {
                    insert.ExecuteNonQuery();
                    batch.Add(waiter);
                }

                Execute("COMMIT");
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

        void Execute(string sql)
        {
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            command.ExecuteNonQuery();
        }
    }
}
