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

    /// <summary>A copy of another store is made into it, or goes on: then it may be one that nobody else opens.</summary>
    internal bool Copies { get; init; }

    internal override string Name => PostgreSqlUrl.Parse(Url).Value?.ToString() ?? "PostgreSQL";
}
