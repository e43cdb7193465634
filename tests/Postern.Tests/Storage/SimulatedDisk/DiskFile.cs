namespace Postern.Tests.Storage.SimulatedDisk;

/// <summary>A file as the kernel sees it and as the platter may have it.</summary>
/// <remarks>
/// A sector that was written since the last sync is on the platter in any of its versions, each independent of the others: that
/// is every order, every drop and every torn page. A sector is never torn itself (SQLite counts on that: POWERSAFE_OVERWRITE).
/// </remarks>
internal sealed class DiskFile
{
    public const int Sector = 512;

    // The kernel writes pages: what shares one with a later write goes out again with it.
    private const int SectorsOfPage = 8;

    private readonly SortedDictionary<int, List<SectorVersion>> unsynced = [];
    private readonly SortedDictionary<int, List<SectorVersion>> abandoned = [];
    private byte[] durable = [];
    private byte[] current = [];
    private byte[]? replaced;
    private long? truncated;
    private bool isThere;
    private bool isDurable;

    private readonly record struct SectorVersion(byte[] Content, int FileLength);

    /// <summary>Choices that a power loss makes now, each with its number of ways.</summary>
    public IReadOnlyList<int> Choices =>
    [
        isThere == isDurable && replaced is null ? 1 : 2,
        truncated is null ? 1 : 2,
        current.Length > durable.Length ? 2 : 1,
        .. Undecided.Select(sector => sector.Value.Count + 1),
    ];

    public int UndecidedSectors => unsynced.Count + abandoned.Count;

    private IEnumerable<KeyValuePair<int, List<SectorVersion>>> Undecided => abandoned.Concat(unsynced);

    /// <summary>A sync would be the first one of a new file: SQLite then syncs its folder too.</summary>
    public bool IsNew => isThere && !isDurable;

    /// <summary>Which names there are is on the platter now.</summary>
    public void FolderSynced()
    {
        replaced = null;
        isDurable = isThere;
    }

    public void Apply(DiskOperation operation)
    {
        switch (operation.Action)
        {
            case DiskAction.Open:
                isThere = true;
                break;
            case DiskAction.Write:
                isThere = true;
                Write((int)operation.Number, operation.Data!);
                break;
            case DiskAction.Truncate:
                Array.Resize(ref current, (int)operation.Number);
                truncated = operation.Number;
                break;
            case DiskAction.Sync:
                Sync();
                break;
            case DiskAction.FailedSync:
                foreach (var (sector, versions) in unsynced)
                {
                    abandoned[sector] = [.. abandoned.GetValueOrDefault(sector) ?? [], .. versions];
                }

                unsynced.Clear();
                break;
            case DiskAction.Delete:
                // The name goes from the folder when that is synced: until then the old file may come back.
                replaced = operation.Number == 0 && isDurable ? durable : null;
                (isThere, isDurable, current, durable, truncated) = (false, false, [], [], null);
                unsynced.Clear();
                abandoned.Clear();
                break;
        }
    }

    /// <summary>What is found after a power loss that decided so; null: no such file.</summary>
    /// <param name="choice">One number below each of <see cref="Choices"/>.</param>
    public byte[]? After(ReadOnlySpan<int> choice)
    {
        if (choice[0] == 0 && replaced is not null)
        {
            return replaced;
        }

        if (choice[0] == 0 ? !isDurable : !isThere)
        {
            return null;
        }

        var content = (byte[])durable.Clone();
        if (choice[1] == 1 && truncated < content.Length)
        {
            Array.Resize(ref content, (int)truncated);
        }

        // The size of a file and what it holds reach the platter each on its own: the tail may be zeros.
        var length = choice[2] == 1 ? Math.Max(content.Length, current.Length) : content.Length;
        var index = 3;
        foreach (var (sector, versions) in Undecided)
        {
            if (choice[index++] is > 0 and var version)
            {
                var (bytes, fileLength) = versions[version - 1];
                length = Math.Max(length, Math.Min((sector + 1) * Sector, fileLength));
                Array.Resize(ref content, Math.Max(content.Length, (sector + 1) * Sector));
                bytes.CopyTo(content, sector * Sector);
            }
        }

        Array.Resize(ref content, length);
        return content;
    }

    private void Write(int offset, byte[] data)
    {
        var end = offset + data.Length;
        if (end > current.Length)
        {
            Array.Resize(ref current, end);
        }

        data.CopyTo(current, offset);
        for (var sector = offset / Sector; sector * Sector < end; sector++)
        {
            Touch(sector);
        }

        var (first, last) = (offset / Sector / SectorsOfPage, (end - 1) / Sector / SectorsOfPage);
        foreach (var sector in abandoned.Keys.Where(sector => sector / SectorsOfPage >= first && sector / SectorsOfPage <= last).ToArray())
        {
            unsynced[sector] = [.. abandoned[sector], .. unsynced.GetValueOrDefault(sector) ?? []];
            abandoned.Remove(sector);
        }
    }

    private void Touch(int sector)
    {
        var content = new byte[Sector];
        var start = sector * Sector;
        current.AsSpan(start, Math.Min(Sector, current.Length - start)).CopyTo(content);
        if (!unsynced.TryGetValue(sector, out var versions))
        {
            unsynced.Add(sector, versions = []);
        }

        versions.Add(new SectorVersion(content, current.Length));
    }

    private void Sync()
    {
        var before = durable;
        durable = (byte[])current.Clone();
        foreach (var sector in abandoned.Keys)
        {
            // Clean to the kernel: this sync has not written it.
            var start = sector * Sector;
            var there = Math.Clamp(Math.Min(before.Length, durable.Length) - start, 0, Sector);
            durable.AsSpan(Math.Min(start, durable.Length), Math.Clamp(durable.Length - start, 0, Sector)).Clear();
            before.AsSpan(Math.Min(start, before.Length), there).CopyTo(durable.AsSpan(Math.Min(start, durable.Length)));
        }

        unsynced.Clear();
        truncated = null;
    }
}
