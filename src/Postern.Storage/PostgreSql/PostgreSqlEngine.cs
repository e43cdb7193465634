using System.Globalization;
using Microsoft.Extensions.Logging;
using Npgsql;
using Postern.Configuration.Values;
using Postern.Ports;
using Postern.Storage.PostgreSql.Engine;
using Postern.Storage.PostgreSql.Peers;
using Postern.Storage.Sql;
using Postern.Storage.Sql.Engine;
using Postern.Storage.Sql.Peers;

namespace Postern.Storage.PostgreSql;

/// <summary>One PostgreSQL database, which any number of nodes write, one transaction after the other.</summary>
internal sealed class PostgreSqlEngine : SqlEngine
{
    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(100);

    private readonly PostgreSqlOptions options;
    private readonly NpgsqlConnectionStringBuilder address;

    // By it this node knows its own sessions, its own changes, and whether it leads.
    private readonly string node = Guid.NewGuid().ToString("N");
    private readonly PostgreSqlPeers? peers;
    private readonly Nudges? nudges;
    private bool opened;

    private PostgreSqlEngine(PostgreSqlOptions options, NpgsqlConnectionStringBuilder address, TimeProvider time, ILogger logger)
    {
        (this.options, this.address) = (options, address);
        if (!options.Copies)
        {
            peers = new PostgreSqlPeers(node, options, time, logger);
            nudges = new Nudges(AddressFor("news", timeout: 30), peers, time, logger);
        }
    }

    public override SqlStoreOptions Options => options;

    public override IPeers? Peers => peers;

    /// <exception cref="StoreRefusedException">In use by another process, written by a newer version, or not one that can be relied on.</exception>
    public static PostgreSqlEngine Open(PostgreSqlOptions options, TimeProvider time, ILogger logger)
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
        return new PostgreSqlEngine(options, address, time, logger);
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

            EndLostSession(connection);
            Take(connection, Locks.Open, shared: !options.Copies, static who => $"is in use by another Postern{who}. Stop that one, or give this one another database.");
            if (!opened)
            {
                Take(connection, Locks.Migration, shared: false, static who => $"is being brought to another version by another Postern{who}. Wait until it has ended.");
                PostgreSqlSchema.Prepare(connection, options);
                connection.Prepare(Locks.Unlocking(Locks.Migration)).Run();
            }

            peers?.Opened(connection, isFirst: !opened);
            opened = true;
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

    public override void Start() => nudges?.Start();

    public override void Dispose() => nudges?.Dispose();

    /// <param name="timeout">Seconds that a statement may take; 0: as long as it takes.</param>
    private PostgreSqlConnection Open(string use, int timeout = 30) => PostgreSqlConnection.Open(AddressFor(use, timeout));

    private NpgsqlConnectionStringBuilder AddressFor(string use, int timeout) => new(address.ConnectionString)
    {
        ApplicationName = $"postern {use} {node}", CommandTimeout = options.Copies ? 0 : timeout,
    };

    /// <summary>Our own session that was lost: the server may take long to notice. One that waits for a standby is let wait: ended, it would count as committed.</summary>
    private void EndLostSession(Connection connection) => connection
        .Prepare("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = ? AND pid <> pg_backend_pid() AND wait_event IS DISTINCT FROM 'SyncRep'")
        .Bind($"postern writer {node}").Run();

    /// <exception cref="StoreRefusedException">Somebody else has had the lock for longer than this node waits.</exception>
    private void Take(Connection connection, long number, bool shared, Func<string, string> why)
    {
        for (var left = options.Patience; connection.ReadNumber(Locks.Trying(number, shared)) == 0; left -= LockPause)
        {
            if (left <= TimeSpan.Zero)
            {
                throw new StoreRefusedException($"The store {options.Name} {why(WhoHolds(connection, number))}");
            }

            Thread.Sleep(LockPause);
        }
    }

    private static string WhoHolds(Connection connection, long number)
    {
        using var rows = connection.Prepare(
            $"""
            SELECT coalesce(host(client_addr), 'somewhere that is not shown to this user'), to_char(backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
            {Locks.Holders(number)} LIMIT 1
            """);
        return rows.Step() ? $", connected from {rows.Text(0)} since {rows.Text(1)}" : "";
    }
}
