namespace Postern.Storage.Sql.Engine;

/// <summary>
/// Compares the texts of statements. They are literals: the same text is nearly always the same object, and its length with
/// a character from its middle tells most of them apart. No look-up hashes a few hundred characters.
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
