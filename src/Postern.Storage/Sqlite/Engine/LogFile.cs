using System.Runtime.InteropServices;
using SQLitePCL;

namespace Postern.Storage.Sqlite.Engine;

/// <summary>The write-ahead log as a file, through the calls that SQLite itself uses for it (sqlite.org/c3ref/io_methods.html).</summary>
/// <remarks>Not through .NET's streams: these do not tell of a sync that failed.</remarks>
internal static class LogFile
{
    // Members of sqlite3_io_methods, each as wide as a pointer.
    private const int Read = 2;
    private const int Write = 3;
    private const int Sync = 5;
    private const int Size = 6;
    private const int SyncNormal = 2;

    // SQLite's own calls take less than 128 KiB at a time: they count in 17 bits.
    private const int Chunk = 1 << 16;

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int Transfer(nint file, [In, Out] byte[] data, int count, long offset);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int SyncFile(nint file, int flags);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int ReadSize(nint file, out long size);

    /// <summary>Writes what the log holds to it once more, and syncs it. Within a transaction that keeps other writers out.</summary>
    /// <exception cref="SqliteException">The disk does not take it.</exception>
    public static void Rewrite(sqlite3 database)
    {
        Check(Native.FileControl(database.DangerousGetHandle(), "main", Native.JournalPointer, out var file));
        var methods = file == 0 ? 0 : Marshal.ReadIntPtr(file);
        if (methods == 0)
        {
            return;
        }

        Check(Method<ReadSize>(methods, Size)(file, out var size));
        if (size == 0)
        {
            return;
        }

        var (read, write, data) = (Method<Transfer>(methods, Read), Method<Transfer>(methods, Write), new byte[Chunk]);
        for (var offset = 0L; offset < size; offset += Chunk)
        {
            var count = (int)Math.Min(Chunk, size - offset);
            Check(read(file, data, count, offset));
            Check(write(file, data, count, offset));
        }

        Check(Method<SyncFile>(methods, Sync)(file, SyncNormal));
    }

    private static T Method<T>(nint methods, int index)
        where T : Delegate => Marshal.GetDelegateForFunctionPointer<T>(Marshal.ReadIntPtr(methods, index * nint.Size));

    private static void Check(int code)
    {
        if (code != raw.SQLITE_OK)
        {
            throw new SqliteException(code, raw.sqlite3_errstr(code).utf8_to_string());
        }
    }
}
