using Postern.Ports;

namespace Postern.Storage.Sqlite;

/// <summary>
/// One process per file: an operating system lock on <c>&lt;path&gt;.lock</c>, which ends with the process however it ends.
/// </summary>
internal sealed class InstanceLock : IDisposable
{
    // EROFS on Linux and macOS: .NET hands the number on as the HResult.
    private const int ReadOnlyFileSystem = 30;

    private readonly FileStream file;

    private InstanceLock(FileStream file) => this.file = file;

    /// <exception cref="StoreRefusedException">Another process has the store open, or the lock file cannot be made.</exception>
    public static InstanceLock Take(string path)
    {
        var name = path + ".lock";
        try
        {
            // The file stays when the lock is given back: removing it would let two processes hold locks on two files of one name.
            return new InstanceLock(new FileStream(name, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0));
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or IOException { HResult: ReadOnlyFileSystem })
        {
            throw new StoreRefusedException($"The store {path} cannot be opened: {name} cannot be written. Make the folder writable for the user that runs Postern.", exception);
        }
        catch (IOException exception) when (exception is not (FileNotFoundException or DirectoryNotFoundException) && File.Exists(name))
        {
            throw new StoreRefusedException($"The store {path} is in use by another process, which holds the lock {name}. Stop that process, or give this one another data folder.", exception);
        }
        catch (IOException exception)
        {
            throw new StoreRefusedException($"The store {path} cannot be opened: {name} cannot be made ({exception.Message}). Check that the folder is there and its disk is writable.", exception);
        }
    }

    public void Dispose() => file.Dispose();
}
