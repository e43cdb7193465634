using Postern.Ports;

namespace Postern.Storage.Sqlite.Backup;

/// <summary>The files of a backup while it is made. They have their names when all is whole; what is not published is removed.</summary>
internal sealed class BackupDraft : IDisposable
{
    private readonly string copy;
    private readonly string key;
    private readonly List<string> leftovers;

    private BackupDraft(string copy)
    {
        (this.copy, key, Name) = (copy, copy + SqliteBackup.KeySuffix, copy + SqliteBackup.DraftSuffix);
        leftovers = [Name, Name + "-journal", Name + "-wal", Name + "-shm"];
    }

    /// <summary>The file to write into: there, empty, and readable by its owner alone, as events are in it as they came.</summary>
    public string Name { get; }

    /// <exception cref="StoreRefusedException">Something is in the way, or the folder takes no file.</exception>
    public static BackupDraft Begin(string copy)
    {
        var draft = new BackupDraft(copy);
        foreach (var inTheWay in (string[])[copy, draft.key])
        {
            if (File.Exists(inTheWay))
            {
                throw new StoreRefusedException($"{inTheWay} is there already, and a backup overwrites nothing: name another file.");
            }
        }

        try
        {
            new FileStream(draft.Name, OwnersFile()).Dispose();
            return draft;
        }
        catch (IOException exception) when (File.Exists(draft.Name))
        {
            throw new StoreRefusedException(
                $"{draft.Name} is there already: another backup is being made, or one was cut off. Remove it when nobody writes to it.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Refused(copy, exception);
        }
    }

    /// <summary>Gives the copy its name, with the key beside it where there is one.</summary>
    /// <returns>The copy of the key file; null: there is none.</returns>
    /// <exception cref="StoreRefusedException">The disk does not take it.</exception>
    public string? Publish(string keyFile)
    {
        try
        {
            // The key first: a copy with its name is never without it.
            var hasKey = File.Exists(keyFile);
            if (hasKey)
            {
                CopyKey(keyFile);
            }

            File.Move(Name, copy, overwrite: false);
            leftovers.Remove(key);
            FolderSync.Sync(Path.GetDirectoryName(copy)!);
            return hasKey ? key : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Refused(copy, exception);
        }
    }

    public void Dispose() => leftovers.ForEach(File.Delete);

    private void CopyKey(string keyFile)
    {
        // O_SYNC: it is on disk when the write returns, and an error of the disk is thrown by the write.
        using var file = new FileStream(key, OwnersFile(FileOptions.WriteThrough));
        leftovers.Add(key);
        file.Write(File.ReadAllBytes(keyFile));
    }

    private static StoreRefusedException Refused(string copy, Exception exception) => new($"The backup {copy} cannot be made: {exception.Message}", exception);

    private static FileStreamOptions OwnersFile(FileOptions options = FileOptions.None)
    {
        var file = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = options, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            file.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return file;
    }
}
