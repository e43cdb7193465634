namespace Postern.Storage.Sql.Engine;

/// <summary>A connection to a database with its prepared statements. Used by one thread at a time.</summary>
internal abstract class Connection : IDisposable
{
    // With the lists of the admin API a reader meets some dozens of different statements; more would be a leak.
    private readonly Dictionary<string, Statement> statements = new(StatementText.Instance);

    /// <summary>What this database says in words of its own.</summary>
    public abstract Dialect Dialect { get; }

    /// <summary>Rows changed since the connection was opened.</summary>
    public abstract long TotalChanges { get; }

    /// <summary>A statement that fails takes the whole transaction with it, back to its last savepoint.</summary>
    public virtual bool FailsWhole => false;

    /// <summary>Begins to write. Nobody else writes until <see cref="Commit"/>.</summary>
    public abstract void Begin();

    /// <summary>Returns when what was written since <see cref="Begin"/> is on disk.</summary>
    public abstract void Commit();

    /// <summary>Leaves nothing of what was written since <see cref="Begin"/>.</summary>
    public abstract void Rollback();

    /// <summary>Inserts what was posted.</summary>
    public virtual void Flush()
    {
    }

    /// <summary>Until <see cref="Release"/>, what is written can be left out by <see cref="Restore"/> alone.</summary>
    public void Save() => Execute("SAVEPOINT operation");

    public virtual void Restore() => Execute("ROLLBACK TO operation; RELEASE operation");

    public void Release() => Execute("RELEASE operation");

    /// <summary>Runs statements that answer nothing and are not kept.</summary>
    public abstract void Execute(string sql);

    /// <summary>Reads with one view of everything: what moves from one place to another meanwhile is seen once.</summary>
    public abstract T InOneSnapshot<T>(Func<T> read);

    /// <summary>Until it is disposed, what is deleted is overwritten where it stood, as far as that is in this database's power.</summary>
    public abstract IDisposable OverwriteWhatIsDeleted();

    /// <summary>A prepared statement without values, made once for each text. Its values are <c>?</c>, in their order, or <c>?1</c>, <c>?2</c> ….</summary>
    public Statement Prepare(string sql)
    {
        if (!statements.TryGetValue(sql, out var statement))
        {
            statement = NewStatement(sql);
            statements.Add(sql, statement);
        }

        return statement;
    }

    /// <summary>The first column of the first row as a number.</summary>
    public long ReadNumber(string sql)
    {
        using var rows = Prepare(sql);
        return rows.Step() ? rows.Number(0) : 0;
    }

    /// <summary>Rolls back what is open, and closes.</summary>
    public void Dispose()
    {
        foreach (var statement in statements.Values)
        {
            statement.Close();
        }

        statements.Clear();
        Close();
    }

    protected abstract Statement NewStatement(string sql);

    protected abstract void Close();
}
