using System.Runtime.InteropServices;

namespace Postern.Storage.Sqlite.Engine;

/// <summary>
/// The calls that are made dozens of times for each callback, without the marshalling of a safe handle. Those that only set or get a value
/// take some nanoseconds, too short to be worth telling the collector.
/// </summary>
internal static class Native
{
    private const string Library = "e_sqlite3";

    /// <summary>SQLITE_FCNTL_JOURNAL_POINTER: asks for the file of the write-ahead log.</summary>
    public const int JournalPointer = 28;

    [DllImport(Library, EntryPoint = "sqlite3_bind_int64"), SuppressGCTransition]
    public static extern int Bind(nint statement, int index, long value);

    [DllImport(Library, EntryPoint = "sqlite3_bind_null"), SuppressGCTransition]
    public static extern int BindNull(nint statement, int index);

    [DllImport(Library, EntryPoint = "sqlite3_bind_zeroblob"), SuppressGCTransition]
    public static extern int BindZeroes(nint statement, int index, int length);

    [DllImport(Library, EntryPoint = "sqlite3_column_int64"), SuppressGCTransition]
    public static extern long Number(nint statement, int column);

    [DllImport(Library, EntryPoint = "sqlite3_column_type"), SuppressGCTransition]
    public static extern int Type(nint statement, int column);

    [DllImport(Library, EntryPoint = "sqlite3_step")]
    public static extern int Step(nint statement);

    [DllImport(Library, EntryPoint = "sqlite3_reset")]
    public static extern int Reset(nint statement);

    [DllImport(Library, EntryPoint = "sqlite3_file_control")]
    public static extern int FileControl(nint database, [MarshalAs(UnmanagedType.LPUTF8Str)] string schema, int operation, out nint file);
}
