using System.Security.Cryptography;

namespace Postern.Configuration.Reading;

/// <summary>One reading of one configuration: what was found wrong, where everything was said, which files were opened.</summary>
internal sealed class Reader(ConfigurationSource source)
{
    private const int MaxFileBytes = 1024 * 1024;

    private readonly Dictionary<string, Place> places = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FileStamp> files = new(StringComparer.Ordinal);

    public ConfigurationSource Source => source;

    public List<ConfigurationError> Errors { get; } = [];

    public IReadOnlyList<FileStamp> Files => [.. files.Values];

    public void Note(string path, Place place) => places.TryAdd(path, place);

    public Place? PlaceOf(string path) => places.GetValueOrDefault(path);

    /// <summary>Reports a mistake where <paramref name="path"/> was said, or where the nearest thing around it was.</summary>
    public void Report(string path, string message)
    {
        var at = path;
        while (!places.ContainsKey(at) && at.Length > 0)
        {
            at = KeyPath.Parent(at);
        }

        Report(path, message, places.GetValueOrDefault(at) ?? new Place(source.Path ?? "command line", null));
    }

    public void Report(string path, string message, Place place) =>
        Errors.Add(new ConfigurationError(path.Length == 0 ? "(file)" : path, message, place.Line, place.Origin));

    /// <summary>Whether something there is wrong already: what follows from it need not be told.</summary>
    public bool HasErrorBelow(string path) => Errors.Exists(error => KeyPath.IsAtOrBelow(error.Path, path));

    /// <summary>The bytes of a file, remembered for the watcher; throws what opening a file throws.</summary>
    public byte[] ReadFile(string path)
    {
        var absolute = Path.GetFullPath(path, source.Directory);
        files[absolute] = new FileStamp(absolute, null);
        var bytes = ReadBounded(absolute);
        files[absolute] = new FileStamp(absolute, Hash(bytes));
        return bytes;
    }

    /// <summary>The hash of a file as it is now; null when it cannot be read.</summary>
    public static string? HashOf(string path)
    {
        try
        {
            return Hash(ReadBounded(path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Whether there is nothing to read: no file, an empty one, or one that cannot be opened.</summary>
    public static bool IsAway(string path)
    {
        try
        {
            return ReadBounded(path).Length == 0;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    private static byte[] ReadBounded(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        // Files of the system (/proc, /dev) do not tell their length.
        var expected = stream.CanSeek && stream.Length > 0 ? Math.Min(stream.Length, MaxFileBytes) : MaxFileBytes;
        var buffer = new byte[expected + 1];
        var length = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        return length <= MaxFileBytes ? buffer[..length] : throw new IOException($"The file '{path}' is larger than 1 MiB.");
    }

    private static string Hash(byte[] bytes) => Convert.ToHexString(SHA256.HashData(bytes));
}
