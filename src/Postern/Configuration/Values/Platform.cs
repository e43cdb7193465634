using Postern.Configuration.Shapes;

namespace Postern.Configuration.Values;

/// <summary>What this version can run on.</summary>
internal static class Platform
{
    public static Parsed<string> Store(string text)
    {
        const string sqlite = "sqlite:";
        if (text.StartsWith(sqlite, StringComparison.Ordinal))
        {
            var path = text[sqlite.Length..];
            return path.Trim().Length > 0 && !path.Contains(":memory:", StringComparison.Ordinal) && !path.EndsWith('/')
                ? text
                : Parsed.No<string>("names no file: write sqlite:PATH, such as sqlite:data/postern.db.");
        }

        if (text.StartsWith("postgres", StringComparison.OrdinalIgnoreCase))
        {
            return PostgreSqlUrl.Parse(text).Problem is { } problem ? Parsed.No<string>(problem) : text;
        }

        return Parsed.No<string>("is not a store: there are sqlite:PATH, such as sqlite:data/postern.db, and postgres://USER:PASSWORD@HOST:5432/DATABASE.");
    }

    public static Parsed<string> Role(string text) =>
        Configuration.Role.All.Contains(text)
            ? text
            : Parsed.No<string>($"is not a role: give {string.Join(", ", Configuration.Role.All)}.{Spelling.Suggest(text, Configuration.Role.All)}");
}
