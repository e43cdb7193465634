using System.Text;
using Microsoft.Extensions.Logging;
using Postern.Model;
using Postern.Storage.Sqlite;

namespace Postern.Tests.Storage;

/// <summary>What the tests of the SQLite driver share: opening, staging, and collecting what is logged.</summary>
internal static class SqliteFixture
{
    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static ValueTask<SqliteStore> OpenAsync(string path, ILogger? logger = null) => OpenAsync(new SqliteOptions { Path = path }, logger);

    public static ValueTask<SqliteStore> OpenAsync(SqliteOptions options, ILogger? logger = null) =>
        SqliteStore.OpenAsync(options, TimeProvider.System, logger ?? new CollectingLogger(), Cancellation);

    public static EventContent Content(string data = "{}", string? producerId = null) => new()
    {
        ProducerId = producerId,
        Source = "/orders",
        Type = "orders.created",
        Time = DateTimeOffset.UnixEpoch,
        Data = Encoding.UTF8.GetBytes(data),
    };

    public static async Task<Staged> StageAsync(SqliteStore store, EventContent? content = null) =>
        (await store.StageAsync([content ?? Content()], Cancellation))[0];

    /// <summary>Waits until the condition holds; the test's own time limit is what ends it otherwise.</summary>
    public static async Task UntilAsync(Func<bool> condition)
    {
        var patience = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(patience) < TimeSpan.FromSeconds(30), "It did not come to pass within 30 s.");
            await Task.Delay(10, Cancellation);
        }
    }
}

/// <summary>Keeps event ids and texts of what is logged.</summary>
internal sealed class CollectingLogger : ILogger
{
    private readonly Lock gate = new();
    private readonly List<(int Id, string Text)> entries = [];

    public IReadOnlyList<(int Id, string Text)> Entries
    {
        get
        {
            lock (gate)
            {
                return [.. entries];
            }
        }
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, Microsoft.Extensions.Logging.EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (gate)
        {
            entries.Add((eventId.Id, formatter(state, exception)));
        }
    }
}
