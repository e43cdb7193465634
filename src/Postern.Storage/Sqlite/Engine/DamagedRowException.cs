namespace Postern.Storage.Sqlite.Engine;

/// <summary>A row does not say what was written into it: the disk gave back other bytes than it was given.</summary>
internal sealed class DamagedRowException(string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>What is wrong in words of the operator.</summary>
    public string Describe(string path) => $"{path} is damaged ({Message}): stop Postern and restore the file from a backup";
}
