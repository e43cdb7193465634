using System.Runtime.InteropServices;

namespace Postern.Storage.Sqlite.Backup;

/// <summary>Brings the names in a folder to the disk, which .NET has no call for.</summary>
internal static class FolderSync
{
    /// <exception cref="IOException">The disk did not take it.</exception>
    public static void Sync(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            // A renamed file is on disk there when its folder's journal is, and nothing syncs a folder.
            return;
        }

        var descriptor = Open(folder, 0);
        if (descriptor < 0)
        {
            throw Failed(folder);
        }

        try
        {
            if (Sync(descriptor) != 0)
            {
                throw Failed(folder);
            }
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    private static IOException Failed(string folder) => new($"The folder {folder} could not be synced: {Marshal.GetLastPInvokeErrorMessage()}.");

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static extern int Sync(int descriptor);

    [DllImport("libc", EntryPoint = "close")]
    private static extern int Close(int descriptor);
}
