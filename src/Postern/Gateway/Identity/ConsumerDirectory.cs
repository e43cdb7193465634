using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;
using Postern.Configuration;
using Postern.Model;

namespace Postern.Gateway.Identity;

/// <summary>Finds the consumer that credentials belong to. Made once per configuration.</summary>
/// <remarks>
/// A credential is looked up by the SHA-256 of all of it, user name and password together: an unknown user, a wrong
/// password and the right one take the same steps, and what is compared tells nothing about the secret.
/// </remarks>
internal sealed class ConsumerDirectory
{
    private static readonly byte[] Nobody = new byte[SHA256.HashSizeInBytes];

    private readonly Dictionary<long, (byte[] Digest, Consumer Consumer)> credentials = [];

    public ConsumerDirectory(IReadOnlyDictionary<string, ConsumerConfiguration> consumers)
    {
        IsEmpty = consumers.Count == 0;
        foreach (var (name, configuration) in consumers)
        {
            foreach (var credential in configuration.Credentials)
            {
                var digest = credential switch
                {
                    CredentialConfiguration.Basic basic => Digest('b', Encoding.UTF8.GetBytes(basic.Username + ":" + basic.Password)),
                    CredentialConfiguration.ApiKey key => Digest('k', Encoding.UTF8.GetBytes(key.Key)),
                    _ => throw new InvalidOperationException($"Credential {credential.GetType().Name} of consumer {name} is of no known kind."),
                };
                credentials[Index(digest)] = (digest, new Consumer(name));
            }
        }
    }

    /// <summary>No consumers are configured: every caller is anonymous.</summary>
    public bool IsEmpty { get; }

    /// <summary>The consumer of a value of <c>Authorization</c>; null when it is not one of ours.</summary>
    public Consumer? FindBasic(string? authorization)
    {
        const string scheme = "Basic ";
        if (authorization is null || !authorization.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var encoded = authorization.AsSpan(scheme.Length).Trim(' ');
        var decoded = new byte[encoded.Length];
        return Convert.TryFromBase64Chars(encoded, decoded, out var length) && Utf8.IsValid(decoded.AsSpan(0, length))
            ? Find(Digest('b', decoded.AsSpan(0, length)))
            : null;
    }

    /// <summary>The consumer of a value of <c>X-API-Key</c>; null when it is not one of ours.</summary>
    public Consumer? FindApiKey(string? key) => string.IsNullOrEmpty(key) ? null : Find(Digest('k', Wire(key)));

    private Consumer? Find(byte[] digest)
    {
        var found = credentials.TryGetValue(Index(digest), out var entry);
        return CryptographicOperations.FixedTimeEquals(digest, found ? entry.Digest : Nobody) ? entry.Consumer : null;
    }

    // The kind is part of what is hashed: a password is no API key.
    private static byte[] Digest(char kind, ReadOnlySpan<byte> secret)
    {
        var bytes = new byte[secret.Length + 1];
        bytes[0] = (byte)kind;
        secret.CopyTo(bytes.AsSpan(1));
        return SHA256.HashData(bytes);
    }

    // Header values are decoded as Latin-1, byte by byte: this gives the bytes of the wire back.
    private static byte[] Wire(string value) => Encoding.Latin1.GetBytes(value);

    private static long Index(byte[] digest) => BinaryPrimitives.ReadInt64LittleEndian(digest);
}
