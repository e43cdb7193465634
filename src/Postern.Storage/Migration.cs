using System.Globalization;
using System.Reflection;
using Postern.Faults;
using Postern.Ports;
using Postern.Storage.Sql.Engine;

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

    /// <summary>Brings a store to the newest version, each migration with its number in one commit. Whoever does it holds the store's lock.</summary>
    /// <param name="name">How the store is called.</param>
    /// <param name="write">Writes the version, in the transaction of the migration.</param>
    /// <exception cref="StoreRefusedException">The store is of a newer version.</exception>
    public static void Apply(Connection connection, IReadOnlyList<Migration> migrations, long version, string name, Action<int> write)
    {
        CrashPoint.Reach(CrashPoints.StartAfterLock);
        var known = migrations[^1].Version;
        if (version > known)
        {
            throw new StoreRefusedException(
                $"The store {name} has version {version}; this Postern knows up to version {known}. It was written by a newer Postern: run that one, or restore a backup of this version.");
        }

        foreach (var migration in migrations.Where(migration => migration.Version > version))
        {
            CrashPoint.Reach(CrashPoints.MigrationBefore);
            connection.Begin();
            connection.Execute(migration.Sql);
            CrashPoint.Reach(CrashPoints.MigrationAfterTables);
            write(migration.Version);
            CrashPoint.Reach(CrashPoints.MigrationBeforeCommit);
            connection.Commit();
            CrashPoint.Reach(CrashPoints.MigrationAfter);
        }
    }

    private static Migration Read(Assembly assembly, string resource, string file)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        return new Migration(int.Parse(file.AsSpan(0, 4), CultureInfo.InvariantCulture), file, reader.ReadToEnd());
    }
}
