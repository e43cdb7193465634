namespace Postern.Storage.Sql.Engine;

/// <summary>A row does not say what was written into it: the disk gave back other bytes than it was given.</summary>
internal sealed class DamagedRowException(string message, Exception? cause = null) : EngineException(message, cause)
{
    // Who does not read this row is not concerned.
    public override bool IsLogical => true;

    public override string Describe(string store) => $"{store} is damaged ({Message}): stop Postern and restore it from a backup";
}
