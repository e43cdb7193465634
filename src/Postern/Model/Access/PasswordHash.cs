using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Postern.Model.Access;

/// <summary>
/// What is kept of a password: PBKDF2-HMAC-SHA256 (RFC 8018) as a PHC string, <c>$pbkdf2-sha256$i=600000$salt$hash</c>, salt and
/// hash in base64 without padding.
/// </summary>
public sealed class PasswordHash
{
    /// <summary>What OWASP asks of PBKDF2-HMAC-SHA256; fewer are refused.</summary>
    public const int LeastIterations = 600_000;

    /// <summary>Some seconds of one core: a slip of the keyboard must not take a minute of it per login.</summary>
    public const int MostIterations = 10_000_000;

    private const string Name = "pbkdf2-sha256";
    private const int SaltBytes = 16;

    private readonly byte[] salt;
    private readonly byte[] hash;

    private PasswordHash(int iterations, byte[] salt, byte[] hash)
    {
        Iterations = iterations;
        this.salt = salt;
        this.hash = hash;
    }

    public int Iterations { get; }

    public static PasswordHash Create(string password)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        return new PasswordHash(LeastIterations, salt, Derive(Encoding.UTF8.GetBytes(password), salt, LeastIterations));
    }

    /// <summary>One that no password has, and that takes as long to find out as others with so many iterations.</summary>
    public static PasswordHash OfNobody(int iterations) =>
        new(iterations, RandomNumberGenerator.GetBytes(SaltBytes), RandomNumberGenerator.GetBytes(SHA256.HashSizeInBytes));

    /// <summary>Reads a PHC string; false and why when it is none that can be used, without showing any of it.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out PasswordHash? hash, [NotNullWhen(false)] out string? problem)
    {
        hash = null;
        if (text.Split('$') is not ["", Name, ['i', '=', .. var count], var salt, var digest])
        {
            problem = "is not a hash of the form $pbkdf2-sha256$i=600000$salt$hash: make one with 'postern hash-password'.";
            return false;
        }

        if (!int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var iterations) || iterations is < LeastIterations or > MostIterations)
        {
            problem = string.Create(CultureInfo.InvariantCulture, $"needs {LeastIterations} to {MostIterations} iterations: make one with 'postern hash-password'.");
            return false;
        }

        if (Decode(salt) is not { Length: >= SaltBytes and <= 64 } salted || Decode(digest) is not { Length: SHA256.HashSizeInBytes } hashed)
        {
            problem = "needs a salt of 16 to 64 bytes and a hash of 32, both in base64 without padding: make one with 'postern hash-password'.";
            return false;
        }

        (hash, problem) = (new PasswordHash(iterations, salted, hashed), null);
        return true;
    }

    /// <summary>Whether it is the hash of a password. Takes some tenths of a second of one core, whatever the answer.</summary>
    public bool Verify(byte[] password) => CryptographicOperations.FixedTimeEquals(Derive(password, salt, Iterations), hash);

    /// <summary>The PHC string.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"${Name}$i={Iterations}${Encode(salt)}${Encode(hash)}");

    private static byte[] Derive(byte[] password, byte[] salt, int iterations) =>
        Rfc2898DeriveBytes.Pbkdf2(password, salt, iterations, HashAlgorithmName.SHA256, SHA256.HashSizeInBytes);

    private static string Encode(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=');

    private static byte[]? Decode(string text)
    {
        var padded = text + new string('=', -text.Length & 3);
        var bytes = new byte[padded.Length];
        return text.Length <= 128 && !text.EndsWith('=') && Convert.TryFromBase64String(padded, bytes, out var length) ? bytes[..length] : null;
    }
}
