using System.Buffers.Text;
using System.Security.Cryptography;

namespace Postern.Model;

/// <summary>Ids of subscriptions: <c>sub_</c> and 128 random bits in base64url.</summary>
public static class SubscriptionId
{
    private const string Prefix = "sub_";
    private const int RandomBytes = 16;

    public static string Create() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes));

    /// <summary>Whether a text has the form of an id.</summary>
    public static bool IsOne(ReadOnlySpan<char> text) =>
        text.StartsWith(Prefix, StringComparison.Ordinal) && text.Length == Prefix.Length + Base64Url.GetEncodedLength(RandomBytes)
        && Base64Url.IsValid(text[Prefix.Length..]);
}
