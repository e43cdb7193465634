namespace Postern.Storage.Sql.Engine;

/// <summary>An error of the database.</summary>
internal abstract class EngineException(string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>The operation itself is at fault, not the database or its disk: others of its batch may go on.</summary>
    public abstract bool IsLogical { get; }

    /// <summary>What is wrong in words of the operator.</summary>
    /// <param name="store">How the store is called.</param>
    public abstract string Describe(string store);
}
