using System.Runtime.InteropServices;

namespace Postern.Tests.Storage.SimulatedDisk;

/// <summary>SQLite's interface to the operating system, as C has it (sqlite.org/c3ref/vfs.html, c3ref/io_methods.html).</summary>
internal static unsafe partial class NativeVfs
{
    public const int Ok = 0;
    public const int OpenCreate = 0x4;
    public const int AccessExists = 0;

    /// <summary>SQLITE_IOERR_FSYNC (sqlite.org/rescode.html).</summary>
    public const int SyncError = 1034;

    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_vfs_find")]
    public static partial Vfs* Find(nint name);

    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_vfs_register")]
    public static partial int Register(Vfs* vfs, int makeDefault);

    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_vfs_unregister")]
    public static partial int Unregister(Vfs* vfs);

    /// <summary>struct sqlite3_vfs, version 3.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Vfs
    {
        public int Version;
        public int FileSize;
        public int MaxPath;
        public Vfs* Next;
        public byte* Name;
        public nint AppData;
        public delegate* unmanaged<Vfs*, byte*, OpenFile*, int, int*, int> Open;
        public delegate* unmanaged<Vfs*, byte*, int, int> Delete;
        public delegate* unmanaged<Vfs*, byte*, int, int*, int> Access;
        public nint FullPathname;
        public nint DlOpen;
        public nint DlError;
        public nint DlSym;
        public nint DlClose;
        public nint Randomness;
        public nint Sleep;
        public nint CurrentTime;
        public nint GetLastError;
        public nint CurrentTimeInt64;
        public nint SetSystemCall;
        public nint GetSystemCall;
        public nint NextSystemCall;
    }

    /// <summary>struct sqlite3_file: each VFS puts its own data behind it.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct OpenFile
    {
        public Methods* Methods;
    }

    /// <summary>struct sqlite3_io_methods, version 2: with shared memory, without mapped reads.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Methods
    {
        public int Version;
        public delegate* unmanaged<OpenFile*, int> Close;
        public delegate* unmanaged<OpenFile*, void*, int, long, int> Read;
        public delegate* unmanaged<OpenFile*, void*, int, long, int> Write;
        public delegate* unmanaged<OpenFile*, long, int> Truncate;
        public delegate* unmanaged<OpenFile*, int, int> Sync;
        public delegate* unmanaged<OpenFile*, long*, int> FileSize;
        public delegate* unmanaged<OpenFile*, int, int> Lock;
        public delegate* unmanaged<OpenFile*, int, int> Unlock;
        public delegate* unmanaged<OpenFile*, int*, int> CheckReservedLock;
        public delegate* unmanaged<OpenFile*, int, void*, int> FileControl;
        public delegate* unmanaged<OpenFile*, int> SectorSize;
        public delegate* unmanaged<OpenFile*, int> DeviceCharacteristics;
        public delegate* unmanaged<OpenFile*, int, int, int, void**, int> ShmMap;
        public delegate* unmanaged<OpenFile*, int, int, int, int> ShmLock;
        public delegate* unmanaged<OpenFile*, void> ShmBarrier;
        public delegate* unmanaged<OpenFile*, int, int> ShmUnmap;
    }
}
