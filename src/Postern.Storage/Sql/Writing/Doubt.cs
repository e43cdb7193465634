using Postern.Ports;
using Postern.Storage.Sql.Engine;

namespace Postern.Storage.Sql.Writing;

/// <summary>A commit whose answer was lost: made or not, and nobody knows before the database is asked.</summary>
/// <param name="Broken">The session on which it was made.</param>
internal sealed record Doubt(Connection Broken, WriteTransaction Transaction, WriteOperation[] Batch)
{
    public void Fail(string why)
    {
        foreach (var operation in Batch)
        {
            operation.Fail(new StoreUnavailableException(why));
        }
    }
}

/// <summary>The answer to a commit was lost.</summary>
internal sealed class InDoubtException(EngineException cause) : Exception(cause.Message, cause)
{
    public EngineException Cause { get; } = cause;
}
