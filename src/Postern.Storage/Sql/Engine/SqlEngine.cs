using Postern.Storage.Sql.Peers;

namespace Postern.Storage.Sql.Engine;

/// <summary>A database: how it is opened, and what happens around its commits.</summary>
internal abstract class SqlEngine : IDisposable
{
    public abstract SqlStoreOptions Options { get; }

    /// <summary>The other nodes that write the same database; null: nobody else does.</summary>
    public virtual IPeers? Peers => null;

    /// <summary>Held during each transaction that writes.</summary>
    public virtual Lock Gate { get; } = new();

    /// <exception cref="EngineException">It cannot be opened.</exception>
    public abstract Connection OpenWriter();

    /// <exception cref="EngineException">It cannot be opened.</exception>
    public abstract Connection OpenReader();

    /// <summary>What is done beside the writer begins.</summary>
    public virtual void Start()
    {
    }

    /// <summary>Throws when nothing must be written or acknowledged any more.</summary>
    /// <exception cref="EngineException">What has happened.</exception>
    public virtual void ThrowIfUntrusted()
    {
    }

    /// <summary>It can say of a commit whose answer was lost whether it was made.</summary>
    public virtual bool KnowsCommits => false;

    /// <summary>Whether a commit whose answer was never heard stands in the database.</summary>
    /// <param name="reopened">The connection that was opened since.</param>
    /// <param name="broken">The one on which it was made, closed by now.</param>
    public virtual bool IsCommitted(Connection reopened, Connection broken) => false;

    /// <summary>Called on the writer's thread after each commit.</summary>
    public virtual void Committed(Connection connection)
    {
    }

    /// <summary>Called on the writer's thread after a failure.</summary>
    public virtual void Failed(Exception exception)
    {
    }

    /// <summary>Leaves nothing of what was deleted where it stood. False while somebody is in the way: try again.</summary>
    /// <exception cref="Ports.StoreUnavailableException">The disk does not take it.</exception>
    public abstract bool TryForgetDeleted();

    /// <summary>Bytes in use.</summary>
    public abstract long ReadUsed(Connection connection);

    /// <summary>After everybody has closed their connections.</summary>
    public abstract void Dispose();
}
