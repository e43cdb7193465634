namespace Postern.Storage.Sql.Engine;

/// <summary>What databases say differently: most of it is about the way to a row, which one of them has to be told.</summary>
internal abstract class Dialect
{
    /// <summary>After the name of a table: by which index it is read.</summary>
    public abstract string By(string index);

    /// <summary>
    /// Behind the insertion of an event: that it is left out where its <c>source</c> and producer's id are there already. Null: nothing prevents
    /// it, and it is looked for before.
    /// </summary>
    public abstract string? UnlessPublished { get; }

    /// <summary>Finds an event by <c>source</c> and producer's id, <c>?1</c> and <c>?2</c>: its id and sequence.</summary>
    public abstract string FindPublished { get; }

    /// <summary>Attempts are found by parts of neighbouring numbers (<c>number &gt;&gt; 14</c>); else by their subscription.</summary>
    public abstract bool HasAttemptParts { get; }

    /// <summary>The attempts of the subscription <c>?1</c>, oldest first; further conditions may follow.</summary>
    public abstract string AttemptsOfSubscription { get; }

    /// <summary>
    /// Of each queue behind <c>?2</c>, at most <c>?3</c>, the subscription whose receiver is to be asked first and by <c>?1</c>: its number as
    /// <c>first</c>, the queue as <c>at</c>.
    /// </summary>
    public abstract string FirstProofs { get; }

    /// <summary>1 where the table's own numbers have ever been given, 0 else.</summary>
    public abstract string WereAny(string table);
}
