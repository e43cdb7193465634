namespace Postern.Tests.Storage.SimulatedDisk;

internal enum DiskAction
{
    /// <summary>The name is there from now on.</summary>
    Open,

    /// <summary><see cref="DiskOperation.Number"/>: the offset.</summary>
    Write,

    /// <summary><see cref="DiskOperation.Number"/>: the new size.</summary>
    Truncate,
    Sync,

    /// <summary>A sync that said EIO: what was not on disk before it may never be, and the kernel will not try again.</summary>
    FailedSync,

    /// <summary><see cref="DiskOperation.Number"/>: not 0 when the folder is synced with it.</summary>
    Delete,
}

/// <summary>One thing that SQLite asked of the disk.</summary>
internal sealed record DiskOperation(DiskAction Action, string Path, long Number, byte[]? Data = null)
{
    public bool IsLog => Path.EndsWith("-wal", StringComparison.Ordinal);
}

/// <summary>What the disk answers instead of doing as it was told.</summary>
/// <param name="Code">A result code of SQLite.</param>
/// <param name="Written">Bytes of a write that came through all the same.</param>
internal readonly record struct DiskFault(int Code, int Written = 0);

/// <summary>A handle of a file.</summary>
internal sealed record OpenedFile(Disk Disk, string Path)
{
    /// <summary>Syncs of the file that have failed as far as this handle knows.</summary>
    public int KnownFaults { get; set; }
}

/// <summary>A disk that keeps a record of everything that was done to it, in order, and can be told to fail.</summary>
internal sealed class Disk : IDisposable
{
    // One after the other, whichever thread it comes from: the record's order is the order in which it happened.
    private readonly Lock gate = new();
    private readonly List<DiskOperation> trace = [];
    private readonly HashSet<string> known = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> failedSyncs = new(StringComparer.Ordinal);
    private nint vfs;

    public Disk()
    {
        Vfs = $"disk-{Guid.NewGuid():N}";
        vfs = RecordingVfs.Add(Vfs, this);
    }

    /// <summary>Its name to SQLite.</summary>
    public string Vfs { get; }

    /// <summary>Asked for each operation, one at a time; null: nothing is wrong.</summary>
    public Func<DiskOperation, DiskFault?> Fault { get; set; } = _ => null;

    public int Position
    {
        get
        {
            lock (gate)
            {
                return trace.Count;
            }
        }
    }

    public IReadOnlyList<DiskOperation> Trace
    {
        get
        {
            lock (gate)
            {
                return [.. trace];
            }
        }
    }

    public OpenedFile Opened(string path)
    {
        lock (gate)
        {
            if (path.Length > 0 && known.Add(path))
            {
                trace.Add(new DiskOperation(DiskAction.Open, path, 0));
            }

            return new OpenedFile(this, path) { KnownFaults = failedSyncs.GetValueOrDefault(path) };
        }
    }

    /// <summary>
    /// A sync that fails is heard of once by each who had the file open, and by nobody who opens it later: Linux since 4.13
    /// (errseq_t). Whoever syncs next on another handle, when what it wrote was marked clean with the rest, is told.
    /// </summary>
    public int Sync(OpenedFile file, Func<DiskOperation, int> pass)
    {
        lock (gate)
        {
            var operation = new DiskOperation(DiskAction.Sync, file.Path, 0);
            if (failedSyncs.GetValueOrDefault(file.Path) is var failed && failed > file.KnownFaults)
            {
                file.KnownFaults = failed;
                trace.Add(operation with { Action = DiskAction.FailedSync });
                return NativeVfs.SyncError;
            }

            var code = Do(operation, pass);
            if (code == NativeVfs.SyncError)
            {
                failedSyncs[file.Path] = file.KnownFaults = failed + 1;
            }

            return code;
        }
    }

    public int Do(DiskOperation operation, Func<DiskOperation, int> pass)
    {
        lock (gate)
        {
            if (Fault(operation) is { } fault)
            {
                if (operation.Action == DiskAction.Sync)
                {
                    trace.Add(operation with { Action = DiskAction.FailedSync });
                }

                if (fault.Written > 0)
                {
                    var torn = operation with { Data = operation.Data![..fault.Written] };
                    pass(torn);
                    trace.Add(torn);
                }

                return fault.Code;
            }

            var code = pass(operation);
            if (code == NativeVfs.Ok)
            {
                trace.Add(operation);
                if (operation.Action == DiskAction.Delete)
                {
                    known.Remove(operation.Path);
                }
            }

            return code;
        }
    }

    public void Dispose()
    {
        if (vfs != 0)
        {
            RecordingVfs.Remove(vfs);
            vfs = 0;
        }
    }
}
