namespace Postern.Storage.Sql.Engine;

/// <summary>A row does not say what was written into it: the disk gave back other bytes than it was given.</summary>
internal sealed class DamagedRowException(string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>What is wrong in words of the operator.</summary>
    /// <param name="store">How the store is called.</param>
    public string Describe(string store) => $"{store} is damaged ({Message}): stop Postern and restore it from a backup";
}
