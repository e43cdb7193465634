using System.Globalization;
using Npgsql;
using Postern.Configuration.Values;
using Postern.Ports;
using Postern.Storage.PostgreSql.Engine;
using Postern.Storage.Sql;
using Postern.Storage.Sql.Engine;

namespace Postern.Storage.PostgreSql;

/// <summary>
/// One PostgreSQL database, which one process writes. Who writes holds an advisory lock on the very session it writes with: a process that
/// has lost its session cannot write, however late it learns of that.
/// </summary>
internal sealed class PostgreSqlEngine : SqlEngine
{
    // "Post" in ASCII.
    private const long Lock = 0x506f7374;

    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(100);

    private readonly PostgreSqlOptions options;
    private readonly NpgsqlConnectionStringBuilder address;

    // Written into the database by whoever opens it: one that finds another there has been replaced.
    private readonly string instance = Guid.NewGuid().ToString("N");
    private bool opened;
    private bool replaced;

    private PostgreSqlEngine(PostgreSqlOptions options, NpgsqlConnectionStringBuilder address) => (this.options, this.address) = (options, address);

    public override SqlStoreOptions Options => options;

    /// <exception cref="StoreRefusedException">In use by another process, written by a newer version, or not one that can be relied on.</exception>
    public static PostgreSqlEngine Open(PostgreSqlOptions options)
    {
        var parsed = PostgreSqlUrl.Parse(options.Url);
        if (parsed.Problem is { } problem)
        {
            throw new StoreRefusedException($"The store {problem}");
        }

        var url = parsed.Value;
        var address = new NpgsqlConnectionStringBuilder
        {
            Host = url.Host,
            Port = url.Port,
            Database = url.Database,
            Username = url.User,
            Password = url.Password,
            SslMode = url.SslMode switch
            {
                "disable" => SslMode.Disable,
                "require" => SslMode.Require,
                "verify-ca" => SslMode.VerifyCA,
                _ => SslMode.VerifyFull,
            },
            RootCertificate = url.SslRootCert,
            SslCertificate = url.SslCert,
            SslKey = url.SslKey,
            Timeout = url.ConnectTimeout,
            // Each session has a use of its own, for as long as the store is open.
            Pooling = false,
            Enlist = false,
            MaxAutoPrepare = 200,
            AutoPrepareMinUsages = 2,
            TcpKeepAlive = true,
            TcpKeepAliveTime = 10,
            TcpKeepAliveInterval = 5,
        };
        return new PostgreSqlEngine(options, address);
    }

    public override Connection OpenWriter()
    {
        var connection = Open("writer");
        try
        {
            // An acknowledgement that does not wait for the disk is none. A session that is dead is noticed, and one that sleeps in a transaction is ended.
            connection.Execute(
                """
                SET synchronous_commit = on;
                SET idle_in_transaction_session_timeout = 10000;
                SET lock_timeout = 10000;
                SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3;
                """);
            if (!connection.IsDirect)
            {
                throw new StoreRefusedException(
                    $"The store {options.Name} is behind a pooler, such as PgBouncer: what this session locks, another one would hold. Give the address of the server itself.");
            }

            TakeLock(connection);
            if (opened)
            {
                RefuseIfReplaced(connection);
            }
            else
            {
                PostgreSqlSchema.Prepare(connection, options, instance);
                opened = true;
            }

            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public override Connection OpenReader()
    {
        var connection = Open("reader");
        try
        {
            connection.Execute("SET default_transaction_read_only = on");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public override bool KnowsCommits => true;

    public override bool IsCommitted(Connection reopened, Connection broken)
    {
        if (((PostgreSqlConnection)broken).Transaction is not (> 0 and var transaction))
        {
            return false;
        }

        using var rows = reopened.Prepare("SELECT pg_xact_status(?::text::xid8)").Bind(transaction.ToString(CultureInfo.InvariantCulture));
        return rows.Step() && rows.OptionalText(0) == "committed";
    }

    // The server's own vacuum comes by and by; until then what was deleted is on its pages, and longer in its log and its backups.
    public override bool TryForgetDeleted()
    {
        try
        {
            using var connection = Open("vacuum", timeout: 0);
            foreach (var table in (string[])["events", "attempts", "fresh", "backlog", "kept", "ordered", "subscriptions", "health", "answers", "erasures", "queues"])
            {
                connection.Execute($"VACUUM {table}");
            }

            return true;
        }
        catch (PostgreSqlException exception)
        {
            throw new StoreUnavailableException($"What was erased cannot be vacuumed: {exception.Describe(options.Name)}.", exception);
        }
    }

    public override long ReadUsed(Connection connection) => PostgreSqlSize.Read(connection);

    public override void Dispose()
    {
    }

    /// <param name="timeout">Seconds that a statement may take; 0: as long as it takes.</param>
    private PostgreSqlConnection Open(string use, int timeout = 30) => PostgreSqlConnection.Open(new NpgsqlConnectionStringBuilder(address.ConnectionString)
    {
        ApplicationName = $"postern {use} {instance}", CommandTimeout = options.Copies ? 0 : timeout,
    });

    private void TakeLock(Connection connection)
    {
        for (var left = options.Patience; ; left -= LockPause)
        {
            // Our own session that was lost: the server may take long to notice. One that waits for a standby is let wait: ended, it would count as committed.
            connection.Prepare("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = ? AND pid <> pg_backend_pid() AND wait_event IS DISTINCT FROM 'SyncRep'")
                .Bind($"postern writer {instance}").Run();
            if (connection.ReadNumber(string.Create(CultureInfo.InvariantCulture, $"SELECT pg_try_advisory_lock({Lock})::int")) == 1)
            {
                return;
            }

            if (left <= TimeSpan.Zero)
            {
                throw new StoreRefusedException(
                    $"The store {options.Name} is in use by another Postern{WhoHoldsIt(connection)}. Stop that one, or give this one another database.");
            }

            Thread.Sleep(LockPause);
        }
    }

    private static string WhoHoldsIt(Connection connection)
    {
        using var rows = connection.Prepare(
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                SELECT coalesce(host(client_addr), 'somewhere that is not shown to this user'), to_char(backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
                FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE locktype = 'advisory' AND objid = {Lock} AND granted AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database()) LIMIT 1
                """));
        return rows.Step() ? $", connected from {rows.Text(0)} since {rows.Text(1)}" : "";
    }

    private void RefuseIfReplaced(Connection connection)
    {
        using var rows = connection.Prepare("SELECT instance FROM store");
        if (!rows.Step() || rows.OptionalText(0) != instance)
        {
            var why = $"another Postern has written to {options.Name} since this one lost its connection";
            if (!Interlocked.Exchange(ref replaced, true))
            {
                options.OnFatal?.Invoke(why);
            }

            throw new StoreRefusedException($"The store is not written any more: {why}.");
        }
    }
}
