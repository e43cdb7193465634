using Microsoft.Extensions.Logging;
using Postern.Ports;
using Postern.Storage.Sql;
using Postern.Storage.Sql.Engine;

namespace Postern.Storage.PostgreSql;

/// <summary>The store in a PostgreSQL database of its own, which any number of nodes share: each writes it with group commit, in turn.</summary>
public sealed class PostgreSqlStore : SqlStore
{
    private PostgreSqlStore(SqlEngine engine, TimeProvider time, ILogger logger)
        : base(engine, time, logger)
    {
    }

    /// <summary>Opens the database, brings it to this version, and starts the writer.</summary>
    /// <exception cref="StoreRefusedException">It does not answer, is in use by another process, or was written by a newer version.</exception>
    public static ValueTask<PostgreSqlStore> OpenAsync(PostgreSqlOptions options, TimeProvider time, ILogger logger, CancellationToken cancellation) =>
        OpenAsync(options, () => PostgreSqlEngine.Open(options, time, logger), engine => new PostgreSqlStore(engine, time, logger), cancellation);
}
