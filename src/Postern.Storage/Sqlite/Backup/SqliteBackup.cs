using Postern.Ports;
using Postern.Storage.Sqlite.Engine;
using SQLitePCL;

namespace Postern.Storage.Sqlite.Backup;

/// <summary>
/// Copies a store as it is at one moment, while a Postern runs on it or none does. Whatever was acknowledged before is in the copy.
/// </summary>
/// <remarks>
/// One read transaction over all of it: readers hinder no writer, but the write-ahead log cannot start over as long as this one reads. So pages
/// are copied as they are (SQLite's backup calls), which is the shortest way, and everything slower comes after the transaction has ended.
/// </remarks>
public static class SqliteBackup
{
    /// <summary>What is added to the name of the copy while it is not whole.</summary>
    public const string DraftSuffix = ".partial";

    /// <summary>What is added to the name of the copy for that of the key.</summary>
    public const string KeySuffix = ".key";

    // 16 MiB: often enough asked whether to go on.
    private const int PagesAtOnce = 1024;

    // Every store has them, from its first version on.
    private const string Counters = "SELECT last_sequence, pending, subscriptions FROM counters";
    private const int CounterCount = 3;

    /// <param name="store">The file of the store.</param>
    /// <param name="keyFile">The key file beside it, which is copied too where it is there.</param>
    /// <param name="copy">The file to make. It has this name only when it is whole, checked and synced.</param>
    /// <exception cref="StoreRefusedException">There is no store to read, or a file in the way, or a disk that does not take or give it; the message says which.</exception>
    public static Task<BackupReport> MakeAsync(string store, string keyFile, string copy, CancellationToken cancellation) =>
        Task.Run(() => Make(store, keyFile, Path.GetFullPath(copy), cancellation), cancellation);

    private static BackupReport Make(string store, string keyFile, string copy, CancellationToken cancellation)
    {
        if (!File.Exists(store))
        {
            throw new StoreRefusedException($"There is no store at {store}.");
        }

        using var draft = BackupDraft.Begin(copy);
        long version;
        long[] counters;
        using (var target = Open(StoreFile.Write, draft.Name))
        {
            (version, counters) = CopyPages(store, target, draft.Name, cancellation);
            cancellation.ThrowIfCancellationRequested();
            Check(target, draft.Name, counters);
        }

        return new BackupReport
        {
            Bytes = new FileInfo(draft.Name).Length, Version = version,
            LastSequence = counters[0], Pending = counters[1], Subscriptions = counters[2], KeyFile = draft.Publish(keyFile),
        };
    }

    private static (long Version, long[] Counters) CopyPages(string store, StoreFile target, string draft, CancellationToken cancellation)
    {
        using var source = Open(StoreFile.Read, store);
        var read = ReadStore(source, store);
        try
        {
            source.CopyTo(target, PagesAtOnce, cancellation);
            return read;
        }
        catch (SqliteException exception)
        {
            var faulty = exception.Kind is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB or raw.SQLITE_BUSY or raw.SQLITE_LOCKED ? store : draft;
            throw new StoreRefusedException($"The copy was broken off: {exception.Describe(faulty)}.", exception);
        }
    }

    private static (long Version, long[] Counters) ReadStore(StoreFile source, string store)
    {
        try
        {
            // The first read fixes the moment, and the copy is of that moment: it finds the transaction open.
            source.Execute("BEGIN");
            var counters = source.ReadNumbers(Counters, CounterCount);
            return (source.ReadNumbers("PRAGMA user_version", 1)[0], counters);
        }
        catch (SqliteException exception)
        {
            throw new StoreRefusedException(
                exception.Kind is raw.SQLITE_ERROR or raw.SQLITE_NOTADB ? $"{store} is no store of Postern." : $"The store cannot be read: {exception.Describe(store)}.", exception);
        }
    }

    /// <summary>Makes one file of it that needs no log beside it, and reads it from its first to its last page.</summary>
    private static void Check(StoreFile target, string draft, long[] counters)
    {
        try
        {
            target.Execute("PRAGMA journal_mode = DELETE");
            var faults = target.ReadTexts("PRAGMA integrity_check(10)");
            if (faults is not ["ok"])
            {
                throw new StoreRefusedException($"The store is damaged, and so would be its copy: {string.Join("; ", faults)}. Nothing was kept; an older backup may be sound.");
            }

            if (!target.ReadNumbers(Counters, CounterCount).SequenceEqual(counters))
            {
                throw new StoreRefusedException("The copy does not say what the store said: the disk gave back other bytes than it was given. Nothing was kept.");
            }
        }
        catch (SqliteException exception)
        {
            throw new StoreRefusedException($"The copy could not be checked: {exception.Describe(draft)}.", exception);
        }
    }

    private static StoreFile Open(Func<string, StoreFile> open, string path)
    {
        try
        {
            return open(path);
        }
        catch (SqliteException exception)
        {
            throw new StoreRefusedException($"The backup cannot be made: {exception.Describe(path)}.", exception);
        }
    }
}
