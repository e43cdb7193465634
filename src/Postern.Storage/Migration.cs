using System.Globalization;
using System.Reflection;

namespace Postern.Storage;

/// <summary>One numbered SQL file, <c>Migrations/&lt;driver&gt;/0001_what.sql</c>: what brings a store to that version.</summary>
internal sealed record Migration(int Version, string Name, string Sql)
{
    /// <summary>The migrations of a driver by growing version.</summary>
    public static IReadOnlyList<Migration> Of(string driver)
    {
        var assembly = typeof(Migration).Assembly;
        var prefix = $"{assembly.GetName().Name}.Migrations.{driver}.";
        return
        [
            .. assembly.GetManifestResourceNames()
                .Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
                .Select(name => Read(assembly, name, name[prefix.Length..]))
                .OrderBy(migration => migration.Version),
        ];
    }

    private static Migration Read(Assembly assembly, string resource, string file)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        return new Migration(int.Parse(file.AsSpan(0, 4), CultureInfo.InvariantCulture), file, reader.ReadToEnd());
    }
}
