using System.Text.Json.Nodes;
using Postern.Configuration.Reading;

namespace Postern.Configuration.Shapes;

/// <summary>What may stand at a key: it reads a node into a value, and it describes itself as JSON Schema. One truth for both.</summary>
internal abstract class Shape<T>
{
    /// <summary>False when there is no value (reported).</summary>
    public abstract bool TryRead(Node node, string path, Reader reader, out T value);

    public abstract JsonObject Schema();

    /// <summary>A value as the file would say it, for the default in the schema; null: none to show.</summary>
    public virtual JsonNode? Show(T value) => null;
}

/// <summary>What reading a text gave: a value, or a problem that completes the sentence "'text' …".</summary>
internal readonly record struct Parsed<T>(T Value, string? Problem)
{
    public static implicit operator Parsed<T>(T value) => new(value, null);
}

internal static class Parsed
{
    public static Parsed<T> No<T>(string problem) => new(default!, problem);
}
