namespace Postern.Storage.Sqlite.Engine;

/// <summary>
/// Compares the texts of statements. They are literals: the same text is nearly always the same object, and its length with
/// a character from its middle tells most of them apart. Hashing 250 characters three times a callback cost as much as binding them.
/// </summary>
internal sealed class StatementText : IEqualityComparer<string>
{
    private StatementText()
    {
    }

    public static StatementText Instance { get; } = new();

    public bool Equals(string? x, string? y) => string.Equals(x, y);

    public int GetHashCode(string text) => text.Length == 0 ? 0 : (text.Length << 16) | text[text.Length / 2];
}
