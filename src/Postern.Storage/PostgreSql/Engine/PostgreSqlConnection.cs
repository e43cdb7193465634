using Npgsql;
using NpgsqlTypes;
using Postern.Model;
using Postern.Storage.PostgreSql.Peers;
using Postern.Storage.Sql.Engine;
using Postern.Storage.Sql.Writing;

namespace Postern.Storage.PostgreSql.Engine;

/// <summary>A session with a PostgreSQL server. Used by one thread at a time.</summary>
internal sealed class PostgreSqlConnection : Connection, IForesightQuestions
{
    // What is posted in one go: enough for any batch of usual events, and no more than a server takes without complaint.
    private const long MostPosted = 32 << 20;

    private const string Ending = "SELECT pg_current_xact_id_if_assigned()::text::bigint, pg_stat_force_next_flush()";

    private readonly NpgsqlConnection session;
    private readonly Dictionary<PostgreSqlStatement, PostedRows> posted = [];
    private long postedBytes;
    private NpgsqlTransaction? transaction;
    private PostgreSqlStatement? answering;
    private long changes;
    private string? notice;

    private PostgreSqlConnection(NpgsqlConnection session) => this.session = session;

    /// <summary>The number of the last transaction that was to be committed: 0 when there was none.</summary>
    public long Transaction { get; private set; }

    /// <summary>The process of the server that this session was begun with, as it says: not that of a pooler in between.</summary>
    public bool IsDirect => ReadNumber("SELECT pg_backend_pid()") == session.ProcessID;

    public override Dialect Dialect => PostgreSqlDialect.Instance;

    public override long TotalChanges => changes;

    public override bool FailsWhole => true;

    /// <exception cref="PostgreSqlException">It cannot be opened.</exception>
    public static PostgreSqlConnection Open(NpgsqlConnectionStringBuilder address)
    {
        var session = new NpgsqlConnection(address.ConnectionString);
        try
        {
            session.Open();
            return new PostgreSqlConnection(session);
        }
        catch (Exception exception) when (PostgreSqlException.Is(exception))
        {
            session.Dispose();
            throw new PostgreSqlException(exception);
        }
    }

    public override void Begin() => Try(() => transaction = session.BeginTransaction());

    public override void Commit() => Try(() =>
    {
        // Asked for before the end: when the answer to the end is lost, the server knows by this number how it ended. What was added and
        // removed is counted with the commit, and not some seconds later: whoever removes what is too much looks at it (PostgreSqlSize).
        Transaction = 0;
        Transaction = ReadNumber(notice is null ? Ending : $"{Ending}, pg_notify('{Notice.Channel}', '{notice}')");
        notice = null;
        transaction!.Commit();
        transaction.Dispose();
        transaction = null;
    });

    public override void Rollback() => Try(() =>
    {
        Forget();
        notice = null;
        transaction?.Rollback();
        transaction?.Dispose();
        transaction = null;
    });

    public override void Restore()
    {
        Forget();
        base.Restore();
    }

    public override void Execute(string sql) => Try(() =>
    {
        MakeWay(null);
        using var command = new NpgsqlCommand(sql, session);
        command.ExecuteNonQuery();
    });

    public override T InOneSnapshot<T>(Func<T> read)
    {
        Execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
        var answer = read();
        Execute("COMMIT");
        return answer;
    }

    // A row that is deleted stands on its page until the server vacuums it, and in the server's log until that is recycled.
    public override IDisposable OverwriteWhatIsDeleted() => Nothing.Instance;

    /// <summary>Called before a statement is run: the server answers one at a time, and what was posted comes first.</summary>
    public void MakeWay(PostgreSqlStatement? next)
    {
        answering?.MakeWay();
        answering = next;
        Flush();
    }

    /// <summary>Rows to be inserted with the next statement that is run.</summary>
    public void Post(PostgreSqlStatement statement, NpgsqlParameterCollection values)
    {
        if (!posted.TryGetValue(statement, out var rows))
        {
            posted.Add(statement, rows = new PostedRows(statement.Sql, values));
        }

        postedBytes += rows.Add(values);
        changes++;
        if (postedBytes > MostPosted)
        {
            Flush();
        }
    }

    public IReadOnlyList<(string Source, string ProducerId, Staged Staged)> FindPublished(IReadOnlyList<(string Source, string ProducerId)> keys)
    {
        using var command = Command(
            """
            SELECT e.source, e.producer_id, e.id, e.sequence FROM unnest($1, $2) AS asked (source, producer_id)
            JOIN events e ON md5(e.source || e.producer_id) = md5(asked.source || asked.producer_id) AND e.source = asked.source AND e.producer_id = asked.producer_id
            """,
            (NpgsqlDbType.Text, keys.Select(static key => key.Source).ToArray()), (NpgsqlDbType.Text, keys.Select(static key => key.ProducerId).ToArray()));
        return ReadAll(command, static reader =>
            (reader.GetString(0), reader.GetString(1), new Staged(reader.GetString(2), reader.GetInt64(3), Duplicate: true)));
    }

    public IReadOnlyList<long> TakeFresh(long[] ids)
    {
        using var command = Command("DELETE FROM fresh WHERE id = ANY($1) RETURNING id", (NpgsqlDbType.Bigint, ids));
        return ReadAll(command, static reader => reader.GetInt64(0));
    }

    /// <summary>The counters, the newest change and who leads, as they stand at one moment.</summary>
    /// <param name="alone">First waits for its turn to write: until the transaction ends nobody else does.</param>
    public (StoreCounters Counters, long Newest, LeadRow[] Leads) ReadStanding(bool alone)
    {
        (StoreCounters, long, LeadRow[]) standing = default;
        Try(() =>
        {
            MakeWay(null);
            using var batch = new NpgsqlBatch(session);
            if (alone)
            {
                // A statement of its own: the next one sees what those before it in the turn have committed.
                batch.BatchCommands.Add(new NpgsqlBatchCommand(Locks.Turns));
            }

            batch.BatchCommands.Add(new NpgsqlBatchCommand(Standing.Sql));
            using var reader = batch.ExecuteReader();
            if (alone)
            {
                reader.NextResult();
            }

            standing = reader.Read() ? Standing.Read(reader) : throw new DamagedRowException("the row of counters or of the lead is missing");
        });
        return standing;
    }

    /// <summary>Tells the other nodes something with the commit.</summary>
    public void Notify(string what) => notice = what;

    /// <summary>Tells the other nodes something, outside of a transaction.</summary>
    public void Send(string what) => Execute($"NOTIFY {Notice.Channel}, '{what}'");

    public void Answered(PostgreSqlStatement statement) => answering = answering == statement ? null : answering;

    public void Changed(int rows) => changes += rows;

    protected override Statement NewStatement(string sql) => new PostgreSqlStatement(this, session, sql);

    protected override void Close()
    {
        try
        {
            transaction?.Dispose();
        }
        catch (Exception exception) when (PostgreSqlException.Is(exception))
        {
            // The server rolls back what is open on a connection that is gone.
        }

        session.Dispose();
    }

    private NpgsqlCommand Command(string sql, params ReadOnlySpan<(NpgsqlDbType Type, object Values)> lists)
    {
        var command = new NpgsqlCommand(sql, session);
        foreach (var (type, values) in lists)
        {
            command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Array | type, Value = values });
        }

        return command;
    }

    private List<T> ReadAll<T>(NpgsqlCommand command, Func<NpgsqlDataReader, T> read)
    {
        var all = new List<T>();
        Try(() =>
        {
            MakeWay(null);
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                all.Add(read(reader));
            }
        });
        return all;
    }

    public override void Flush()
    {
        if (posted.Count == 0)
        {
            return;
        }

        answering?.MakeWay();
        using var batch = new NpgsqlBatch(session);
        foreach (var rows in posted.Values)
        {
            batch.BatchCommands.Add(rows.Insertion());
        }

        Forget();
        Try(() => batch.ExecuteNonQuery());
    }

    private void Forget()
    {
        posted.Clear();
        postedBytes = 0;
    }

    private static void Try(Action action)
    {
        try
        {
            action();
        }
        catch (Exception exception) when (PostgreSqlException.Is(exception))
        {
            throw new PostgreSqlException(exception);
        }
    }

    private sealed class Nothing : IDisposable
    {
        public static Nothing Instance { get; } = new();

        public void Dispose()
        {
        }
    }
}
