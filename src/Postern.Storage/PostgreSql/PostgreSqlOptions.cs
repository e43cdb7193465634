using Postern.Configuration.Values;
using Postern.Storage.Sql;

namespace Postern.Storage.PostgreSql;

/// <summary>How a PostgreSQL store is opened.</summary>
public sealed record PostgreSqlOptions : SqlStoreOptions
{
    /// <summary>
    /// <c>postgres://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=…</c>, as libpq writes it
    /// (postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS).
    /// </summary>
    public required string Url { get; init; }

    /// <summary>How long an opening store waits for one that another process has open. Default 10 s.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);

    internal override string Name => PostgreSqlUrl.Parse(Url).Value?.ToString() ?? "PostgreSQL";
}
