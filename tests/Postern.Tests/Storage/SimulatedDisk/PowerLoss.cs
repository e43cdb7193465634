using System.Security.Cryptography;

namespace Postern.Tests.Storage.SimulatedDisk;

/// <summary>What may be found on the disk when the power fails at a point of a recorded run.</summary>
/// <param name="Point">Operations that had been asked for.</param>
/// <param name="Files">By name without its folder; -shm is memory and not among them.</param>
internal sealed record DiskImage(int Point, IReadOnlyDictionary<string, byte[]> Files);

/// <summary>Makes the images that a power loss can leave of a recorded run.</summary>
internal sealed class PowerLoss(IReadOnlyList<DiskOperation> trace, int seed)
{
    // Every subset of twelve sectors.
    private const int MostInFull = 1 << 12;

    private static readonly double[] Densities = [0.01, 0.1, 0.5, 0.9, 0.99];

    private readonly Random random = new(seed);
    private readonly HashSet<string> made = new(StringComparer.Ordinal);

    /// <summary>Points of which every image was made.</summary>
    public int PointsInFull { get; private set; }

    public int PointsInPart { get; private set; }

    /// <param name="drawn">Images drawn of a point that has more than it may have.</param>
    /// <param name="inFull">Share of the points with up to 4096 images that are made in full; those with no more than <paramref name="drawn"/> always are.</param>
    /// <param name="promises">What must hold at a point: the same bytes are another image where more is promised.</param>
    public IEnumerable<DiskImage> Images(int drawn, double inFull, Func<int, object> promises)
    {
        var files = new SortedDictionary<string, DiskFile>(StringComparer.Ordinal);
        for (var point = 0; point <= trace.Count; point++)
        {
            // What is undecided right before a sync holds every earlier moment since the last one.
            if (point == trace.Count || trace[point].Action is not (DiskAction.Write or DiskAction.Open))
            {
                foreach (var image in At(point, files, drawn, random.NextDouble() < inFull ? MostInFull : drawn))
                {
                    if (made.Add(Fingerprint(image, promises(point))))
                    {
                        yield return image;
                    }
                }
            }

            if (point < trace.Count)
            {
                var name = Path.GetFileName(trace[point].Path);
                if (!files.TryGetValue(name, out var file))
                {
                    files.Add(name, file = new DiskFile());
                }

                var folder = trace[point].Action == DiskAction.Sync && file.IsNew;
                file.Apply(trace[point]);
                foreach (var other in folder ? [.. files.Values] : Array.Empty<DiskFile>())
                {
                    other.FolderSynced();
                }
            }
        }
    }

    private IEnumerable<DiskImage> At(int point, SortedDictionary<string, DiskFile> files, int drawn, int most)
    {
        var choices = files.Values.SelectMany(file => file.Choices).ToArray();
        var ways = choices.Aggregate(1.0, (product, count) => product * count);
        if (ways <= most)
        {
            PointsInFull++;
            for (var number = 0; number < (int)ways; number++)
            {
                yield return Build(point, files, Digits(number, choices));
            }

            yield break;
        }

        PointsInPart++;
        // Nothing, everything, and all densities between them: one sector missing is as dangerous as one that came through.
        for (var number = 0; number < drawn; number++)
        {
            var density = number switch { 0 => 0, 1 => 1, _ => Densities[number % Densities.Length] };
            yield return Build(point, files, [.. choices.Select(count => random.NextDouble() < density ? Later(count) : 0)]);
        }
    }

    /// <summary>Mostly the newest of its versions.</summary>
    private int Later(int count) => random.Next(4) == 0 ? random.Next(count) : count - 1;

    private static int[] Digits(int number, int[] choices)
    {
        var digits = new int[choices.Length];
        for (var index = 0; index < digits.Length; index++)
        {
            (number, digits[index]) = Math.DivRem(number, choices[index]);
        }

        return digits;
    }

    private static DiskImage Build(int point, SortedDictionary<string, DiskFile> files, int[] digits)
    {
        var image = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        var start = 0;
        foreach (var (name, file) in files)
        {
            var count = file.Choices.Count;
            if (file.After(digits.AsSpan(start, count)) is { } content)
            {
                image.Add(name, content);
            }

            start += count;
        }

        return new DiskImage(point, image);
    }

    private static string Fingerprint(DiskImage image, object promises)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (name, content) in image.Files)
        {
            hash.AppendData(System.Text.Encoding.UTF8.GetBytes($"{name}:{content.Length}:"));
            hash.AppendData(content);
        }

        return $"{Convert.ToHexString(hash.GetHashAndReset())} {promises}";
    }
}
