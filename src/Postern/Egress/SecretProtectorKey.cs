using System.Security.Cryptography;
using System.Text;
using Postern.Configuration;
using Postern.Ports;

namespace Postern.Egress;

/// <summary>Where the keys of the <see cref="SecretProtector"/> come from: the configuration, and a file beside the store made at first start.</summary>
internal static class SecretProtectorKey
{
    public const string FileName = "postern.key";

    private const string StorePrefix = "sqlite:";

    // Some seconds, most of them asleep.
    private const int Tries = 2_000;

    /// <summary>Every key that is known: those of the configuration, and the file where there is one, which is made where there is no other.</summary>
    /// <param name="isNeeded">The store holds secrets: a new key would be none of theirs, and is not made.</param>
    /// <exception cref="StoreRefusedException">There is no key although it is needed, or it cannot be read or is none.</exception>
    public static SecretKeyRing Load(PosternConfiguration configuration, bool isNeeded = false)
    {
        List<SecretKey> keys = [.. configuration.Secrets.Keys.Select(key => new SecretKey(key.Id, Decode(key.Key, $"secrets.keys, id {key.Id},")))];
        if (configuration.Secrets.Key is { } text)
        {
            keys.Add(new SecretKey("secrets.key", Decode(text, "secrets.key")));
        }

        if (keys.Count > 0 && !IsFile(configuration.Store))
        {
            return new SecretKeyRing(keys);
        }

        var path = PathBeside(configuration.Store);
        if (File.Exists(path) || (keys.Count == 0 && !isNeeded))
        {
            keys.Add(new SecretKey(FileName, LoadFile(path)));
        }

        return keys.Count > 0
            ? new SecretKeyRing(keys)
            : throw new StoreRefusedException($"The key file {path} is missing, and the store holds secrets that were encrypted with it. Put it back, or give the key as secrets.key.");
    }

    private static bool IsFile(string store) => store.StartsWith(StorePrefix, StringComparison.OrdinalIgnoreCase);

    internal static string PathBeside(string store)
    {
        if (!IsFile(store))
        {
            // Nodes that share a store must share the key, so none of them may make up its own.
            throw new StoreRefusedException("secrets.key is missing: without it the key is kept beside the store, and this store is not a file.");
        }

        var directory = Path.GetDirectoryName(Path.GetFullPath(store[StorePrefix.Length..]));
        return Path.Combine(directory ?? "/", FileName);
    }

    internal static byte[] LoadFile(string path)
    {
        for (var wait = new SpinWait(); ; wait.SpinOnce())
        {
            try
            {
                if (!File.Exists(path))
                {
                    Create(path);
                }

                return Decode(File.ReadAllText(path).Trim(), path);
            }
            catch (IOException) when (wait.Count < Tries)
            {
                // Locked by whoever makes it at this moment; what does not pass is told when the tries are over.
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw new StoreRefusedException($"The key file {path} cannot be read or made: {exception.Message}", exception);
            }
        }
    }

    /// <summary>Makes the file, whole and once.</summary>
    /// <exception cref="IOException">Somebody else is making it.</exception>
    private static void Create(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var draft = path + ".new";

        // O_SYNC: the key is on disk before the first secret that needs it, and an I/O error is thrown by the write itself.
        // The name below it is on disk with the store's first commit, which syncs the same journal.
        var options = new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate, Access = FileAccess.Write, Options = FileOptions.WriteThrough, BufferSize = 0,
            // Windows moves an open file only when it may be deleted; elsewhere that would leave out the lock.
            Share = OperatingSystem.IsWindows() ? FileShare.Delete : FileShare.None,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        // The lock on the draft decides: a move that must not overwrite is not atomic on Unix. It ends with its process, and a
        // draft that a crash left is written anew.
        using var file = new FileStream(draft, options);
        if (File.Exists(path))
        {
            File.Delete(draft);
            return;
        }

        file.SetLength(0);
        file.Write(Encoding.ASCII.GetBytes(Convert.ToBase64String(RandomNumberGenerator.GetBytes(SecretProtector.KeyBytes)) + "\n"));
        File.Move(draft, path);
    }

    private static byte[] Decode(string text, string origin)
    {
        var key = new byte[SecretProtector.KeyBytes];
        return Convert.TryFromBase64String(text, key, out var written) && written == key.Length
            ? key
            : throw new StoreRefusedException(
                $"{origin} does not hold a key: it must be {SecretProtector.KeyBytes} bytes in base64, as `openssl rand -base64 32` makes them.");
    }
}
