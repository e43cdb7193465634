using System.Buffers;

namespace Postern.Model.Resources;

/// <summary>What keys look like in paths, for APIs that did not say which paths are resources.</summary>
internal static class KeyShape
{
    private const int UlidLength = 26;

    private static readonly SearchValues<char> Version = SearchValues.Create("0123456789.");

    // Crockford base 32, in either case.
    private static readonly SearchValues<char> Ulid = SearchValues.Create("0123456789ABCDEFGHJKMNPQRSTVWXYZabcdefghjkmnpqrstvwxyz");

    /// <summary>Digits only, a UUID or a ULID: nothing else is written so.</summary>
    public static bool IsCertain(string segment) =>
        segment.Length > 0
        && (!segment.AsSpan().ContainsAnyExceptInRange('0', '9') || Guid.TryParseExact(segment, "D", out _) || IsUlid(segment));

    /// <summary>Holds a digit and is no version (<c>v1</c>): a key where one may stand.</summary>
    public static bool IsLikely(string segment) => segment.AsSpan().ContainsAnyInRange('0', '9') && !IsVersion(segment);

    private static bool IsVersion(string segment) =>
        segment is ['v' or 'V', >= '0' and <= '9', ..] && !segment.AsSpan(1).ContainsAnyExcept(Version);

    // 128 bits: the first character is at most 7.
    private static bool IsUlid(string segment) =>
        segment.Length == UlidLength && segment[0] is >= '0' and <= '7'
        && !segment.AsSpan().ContainsAnyExcept(Ulid);
}
