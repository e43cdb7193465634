using System.Collections.Concurrent;
using Postern.Ports;
using Postern.Storage.Sqlite.Engine;

namespace Postern.Storage.Sqlite;

/// <summary>Connections that read beside the writer, each used by one reader at a time, on the thread pool.</summary>
internal sealed class ReaderPool(SqliteOptions options) : IDisposable
{
    private readonly SemaphoreSlim free = new(options.Readers);
    private readonly ConcurrentBag<Connection> idle = [];

    /// <exception cref="StoreUnavailableException">The file cannot be read.</exception>
    public async ValueTask<T> ReadAsync<T>(Func<Connection, T> read, CancellationToken cancellation)
    {
        await free.WaitAsync(cancellation);
        try
        {
            // SQLite knows no asynchronous reads: a thread of the pool waits for the disk, not the caller's.
            return await Task.Run(() => Read(read), CancellationToken.None);
        }
        finally
        {
            free.Release();
        }
    }

    public void Dispose()
    {
        // Every slot: who reads now ends first.
        for (var taken = 0; taken < options.Readers; taken++)
        {
            free.Wait();
        }

        while (idle.TryTake(out var connection))
        {
            connection.Dispose();
        }

        free.Dispose();
    }

    private T Read<T>(Func<Connection, T> read)
    {
        Connection? connection = null;
        try
        {
            connection = idle.TryTake(out var waiting) ? waiting : Open();
            var answer = read(connection);
            idle.Add(connection);
            return answer;
        }
        catch (EngineException exception)
        {
            connection?.Dispose();
            throw new StoreUnavailableException($"The store cannot be read: {exception.Describe(options.Path)}.", exception);
        }
        catch (DamagedRowException exception)
        {
            connection?.Dispose();
            throw new StoreUnavailableException($"The store cannot be read: {exception.Describe(options.Path)}.", exception);
        }
        catch
        {
            connection?.Dispose();
            throw;
        }
    }

    private Connection Open()
    {
        var opened = Connection.Open(options, cacheKilobytes: 8192, busyTimeout: TimeSpan.FromSeconds(5));
        opened.Execute("PRAGMA query_only = ON");
        return opened;
    }
}
