using System.Runtime.InteropServices;
using static Postern.Tests.Storage.SimulatedDisk.NativeVfs;

namespace Postern.Tests.Storage.SimulatedDisk;

/// <summary>
/// A VFS around the system's own: passes everything through, locks and shared memory included, so that several connections and
/// the write-ahead log work as ever, and tells a <see cref="Disk"/> what changes files.
/// </summary>
internal static unsafe class RecordingVfs
{
    // Behind the two words of ours stands the file of the system's VFS.
    private static readonly int Header = sizeof(Tracked);
    private static readonly Methods* Table = MakeTable();

    /// <summary>One open file of ours, as SQLite allocates it.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Tracked
    {
        public OpenFile File;
        public nint Handle;
    }

    /// <summary>Registers a VFS that records on this disk; free it with <see cref="Remove"/>.</summary>
    public static nint Add(string name, Disk disk)
    {
        var system = Find(0);
        var vfs = (Vfs*)NativeMemory.AllocZeroed((nuint)sizeof(Vfs));
        *vfs = *system;
        vfs->FileSize = Header + system->FileSize;
        vfs->Name = (byte*)Marshal.StringToCoTaskMemUTF8(name);
        vfs->AppData = GCHandle.ToIntPtr(GCHandle.Alloc(disk));
        vfs->Open = &Open;
        vfs->Delete = &Delete;
        Assert.Equal(Ok, Register(vfs, makeDefault: 0));
        return (nint)vfs;
    }

    public static void Remove(nint added)
    {
        var vfs = (Vfs*)added;
        Assert.Equal(Ok, Unregister(vfs));
        GCHandle.FromIntPtr(vfs->AppData).Free();
        Marshal.FreeCoTaskMem((nint)vfs->Name);
        NativeMemory.Free(vfs);
    }

    private static Methods* MakeTable()
    {
        var table = (Methods*)NativeMemory.AllocZeroed((nuint)sizeof(Methods));
        table->Version = 2;
        table->Close = &Close;
        table->Read = &Read;
        table->Write = &Write;
        table->Truncate = &Truncate;
        table->Sync = &Sync;
        table->FileSize = &FileSize;
        table->Lock = &Lock;
        table->Unlock = &Unlock;
        table->CheckReservedLock = &CheckReservedLock;
        table->FileControl = &FileControl;
        table->SectorSize = &SectorSize;
        table->DeviceCharacteristics = &DeviceCharacteristics;
        table->ShmMap = &ShmMap;
        table->ShmLock = &ShmLock;
        table->ShmBarrier = &ShmBarrier;
        table->ShmUnmap = &ShmUnmap;
        return table;
    }

    private static OpenFile* Inner(OpenFile* file) => (OpenFile*)((byte*)file + Header);

    private static OpenedFile OwnerOf(OpenFile* file) => (OpenedFile)GCHandle.FromIntPtr(((Tracked*)file)->Handle).Target!;

    [UnmanagedCallersOnly]
    private static int Open(Vfs* vfs, byte* name, OpenFile* file, int flags, int* outFlags)
    {
        var disk = (Disk)GCHandle.FromIntPtr(vfs->AppData).Target!;
        var system = Find(0);
        var path = name is null ? "" : Marshal.PtrToStringUTF8((nint)name)!;
        var code = system->Open(system, name, Inner(file), flags, outFlags);
        // SQLite closes what has methods, and nothing else.
        file->Methods = null;
        if (code == Ok)
        {
            ((Tracked*)file)->Handle = GCHandle.ToIntPtr(GCHandle.Alloc(disk.Opened(path)));
            file->Methods = Table;
        }

        return code;
    }

    [UnmanagedCallersOnly]
    private static int Delete(Vfs* vfs, byte* name, int syncFolder)
    {
        var disk = (Disk)GCHandle.FromIntPtr(vfs->AppData).Target!;
        var system = Find(0);
        var path = Marshal.PtrToStringUTF8((nint)name)!;
        return disk.Do(new DiskOperation(DiskAction.Delete, path, syncFolder), _ => system->Delete(system, name, syncFolder));
    }

    [UnmanagedCallersOnly]
    private static int Close(OpenFile* file)
    {
        var code = Inner(file)->Methods->Close(Inner(file));
        GCHandle.FromIntPtr(((Tracked*)file)->Handle).Free();
        return code;
    }

    [UnmanagedCallersOnly]
    private static int Write(OpenFile* file, void* buffer, int amount, long offset)
    {
        var owner = OwnerOf(file);
        var bytes = new ReadOnlySpan<byte>(buffer, amount).ToArray();
        return owner.Disk.Do(
            new DiskOperation(DiskAction.Write, owner.Path, offset, bytes), write => Inner(file)->Methods->Write(Inner(file), buffer, write.Data!.Length, offset));
    }

    [UnmanagedCallersOnly]
    private static int Truncate(OpenFile* file, long size)
    {
        var owner = OwnerOf(file);
        return owner.Disk.Do(new DiskOperation(DiskAction.Truncate, owner.Path, size), _ => Inner(file)->Methods->Truncate(Inner(file), size));
    }

    [UnmanagedCallersOnly]
    private static int Sync(OpenFile* file, int flags)
    {
        var owner = OwnerOf(file);
        return owner.Disk.Sync(owner, _ => Inner(file)->Methods->Sync(Inner(file), flags));
    }

    [UnmanagedCallersOnly]
    private static int Read(OpenFile* file, void* buffer, int amount, long offset) => Inner(file)->Methods->Read(Inner(file), buffer, amount, offset);

    [UnmanagedCallersOnly]
    private static int FileSize(OpenFile* file, long* size) => Inner(file)->Methods->FileSize(Inner(file), size);

    [UnmanagedCallersOnly]
    private static int Lock(OpenFile* file, int kind) => Inner(file)->Methods->Lock(Inner(file), kind);

    [UnmanagedCallersOnly]
    private static int Unlock(OpenFile* file, int kind) => Inner(file)->Methods->Unlock(Inner(file), kind);

    [UnmanagedCallersOnly]
    private static int CheckReservedLock(OpenFile* file, int* answer) => Inner(file)->Methods->CheckReservedLock(Inner(file), answer);

    [UnmanagedCallersOnly]
    private static int FileControl(OpenFile* file, int operation, void* argument) => Inner(file)->Methods->FileControl(Inner(file), operation, argument);

    [UnmanagedCallersOnly]
    private static int SectorSize(OpenFile* file) => Inner(file)->Methods->SectorSize(Inner(file));

    [UnmanagedCallersOnly]
    private static int DeviceCharacteristics(OpenFile* file) => Inner(file)->Methods->DeviceCharacteristics(Inner(file));

    [UnmanagedCallersOnly]
    private static int ShmMap(OpenFile* file, int page, int size, int extend, void** memory) =>
        Inner(file)->Methods->ShmMap(Inner(file), page, size, extend, memory);

    [UnmanagedCallersOnly]
    private static int ShmLock(OpenFile* file, int offset, int count, int flags) => Inner(file)->Methods->ShmLock(Inner(file), offset, count, flags);

    [UnmanagedCallersOnly]
    private static void ShmBarrier(OpenFile* file) => Inner(file)->Methods->ShmBarrier(Inner(file));

    [UnmanagedCallersOnly]
    private static int ShmUnmap(OpenFile* file, int delete) => Inner(file)->Methods->ShmUnmap(Inner(file), delete);
}
