using Npgsql;
using Postern.Storage.Sql.Engine;

namespace Postern.Storage.PostgreSql.Engine;

/// <summary>An error of PostgreSQL with its SQLSTATE (postgresql.org/docs/current/errcodes-appendix.html), or of the connection to it.</summary>
internal sealed class PostgreSqlException(Exception cause) : EngineException(cause.Message, cause)
{
    /// <summary>Null: the server has not answered.</summary>
    public string? State { get; } = (cause as PostgresException)?.SqlState;

    public override bool IsLogical => State?[..2] is "22" or "23" or "42" or "54";

    public static bool Is(Exception exception) =>
        exception is NpgsqlException or InvalidOperationException or ObjectDisposedException or IOException or TimeoutException;

    public override string Describe(string store) => State switch
    {
        null => $"{store} does not answer ({Reason}): check that the server runs, and host, port and TLS of the URL",
        "28P01" or "28000" => $"{store} refuses the user or the password ({Message}): check both, and pg_hba.conf",
        "3D000" => $"{store} does not exist: create the database",
        "3F000" or "42501" => $"{store} denies what Postern needs ({Message}): its user must own the database, or may create tables in it",
        "53100" => $"the disk of {store} is full: free space there",
        "53300" => $"{store} has too many connections: raise max_connections, or stop what holds them",
        "25006" => $"{store} is read-only: point `store` at the primary and not at a standby",
        "57P01" or "57P02" or "57P03" => $"{store} is starting or shutting down ({Message})",
        "XX001" or "XX002" => $"{store} is damaged ({Message}): stop Postern and restore it from a backup",
        _ => $"{store} refused ({Message})",
    };

    private string Reason => InnerException!.InnerException?.Message ?? InnerException.Message;
}
