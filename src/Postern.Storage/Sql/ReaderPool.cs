using System.Collections.Concurrent;
using Postern.Ports;
using Postern.Storage.Sql.Engine;

namespace Postern.Storage.Sql;

/// <summary>Connections that read beside the writer, each used by one reader at a time, on the thread pool.</summary>
internal sealed class ReaderPool(SqlEngine engine) : IDisposable
{
    private readonly SemaphoreSlim free = new(engine.Options.Readers);
    private readonly ConcurrentBag<Connection> idle = [];

    /// <exception cref="StoreUnavailableException">The database cannot be read.</exception>
    public async ValueTask<T> ReadAsync<T>(Func<Connection, T> read, CancellationToken cancellation)
    {
        await free.WaitAsync(cancellation);
        try
        {
            // Statements are run to their end: a thread of the pool waits for the database, not the caller's.
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
        for (var taken = 0; taken < engine.Options.Readers; taken++)
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
            connection = idle.TryTake(out var waiting) ? waiting : engine.OpenReader();
            var answer = read(connection);
            idle.Add(connection);
            return answer;
        }
        catch (EngineException exception)
        {
            connection?.Dispose();
            throw new StoreUnavailableException($"The store cannot be read: {exception.Describe(engine.Options.Name)}.", exception);
        }
        catch
        {
            connection?.Dispose();
            throw;
        }
    }
}
