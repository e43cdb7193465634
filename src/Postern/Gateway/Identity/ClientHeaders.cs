using System.Buffers;
using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Postern.Configuration;
using Postern.Gateway.Pipeline;

namespace Postern.Gateway.Identity;

/// <summary>
/// Header fields a client may not send on: identity that only the gateway vouches for, and fields its own
/// <c>Connection</c> names. Removed before anything reads the headers, so that all see the same.
/// </summary>
internal static class ClientHeaders
{
    private static readonly string[] IdentityPrefixes =
    [
        "x-consumer-", "x-user-", "x-forwarded-", "x-jwt-", "x-authenticated-",
        // What a proxy in front would say of a certificate (RFC 9440 and its forerunners): here the handshake alone says it.
        "client-cert", "x-client-cert", "ssl-client-", "x-ssl-client-",
    ];

    private static readonly FrozenSet<string> IdentityNames = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "x-consumer", "x-user", "x-forwarded", "x-real-ip", "forwarded", "x-jwt", "x-authenticated", "x-remote-user", "remote-user");

    // Most fields of most calls begin with none of them.
    private static readonly SearchValues<char> Initials = SearchValues.Create(
        [.. IdentityPrefixes.Concat(IdentityNames).SelectMany(static name => new[] { name[0], char.ToUpperInvariant(name[0]) }).Distinct()]);

    private static readonly SearchValues<char> LettersDigitsAndDash = SearchValues.Create("-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    // Naming these in Connection would change the message itself, or what the gateway must know of it.
    private static readonly string[] NeverNamed =
        [HeaderNames.Host, HeaderNames.ContentLength, HeaderNames.TransferEncoding, HeaderNames.Upgrade, HeaderNames.Connection];

    /// <summary>
    /// Whether a field says who the caller is or where it comes from. Servers that make variables of fields read <c>_</c>, and some
    /// every other sign, as <c>-</c>.
    /// </summary>
    public static bool IsIdentity(string name, IdentityConfiguration identity)
    {
        var plain = Plain(name);
        return IsKnown(plain) || Is(plain, identity.Header) || Is(plain, identity.CredentialHeader) || Is(plain, identity.ScopesHeader);
    }

    private static bool IsKnown(string plain)
    {
        if (plain.Length == 0 || !Initials.Contains(plain[0]))
        {
            return false;
        }

        foreach (var prefix in IdentityPrefixes)
        {
            if (plain.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return IdentityNames.Contains(plain);
    }

    private static bool Is(string plain, string? header) => plain.Equals(header, StringComparison.OrdinalIgnoreCase);

    private static string Plain(string name) =>
        name.AsSpan().ContainsAnyExcept(LettersDigitsAndDash)
            ? string.Concat(name.Select(static sign => char.IsAsciiLetterOrDigit(sign) ? sign : '-'))
            : name;

    /// <summary>Removes what must not pass.</summary>
    public static void Clean(IHeaderDictionary headers, IdentityConfiguration identity)
    {
        headers.Remove(Framing.KestrelContentLength);
        if (headers.Connection.Count > 0)
        {
            foreach (var name in headers.GetCommaSeparatedValues(HeaderNames.Connection))
            {
                if (!NeverNamed.Contains(name, StringComparer.OrdinalIgnoreCase))
                {
                    headers.Remove(name);
                }
            }
        }

        List<string>? forged = null;
        foreach (var header in headers)
        {
            if (IsIdentity(header.Key, identity))
            {
                (forged ??= []).Add(header.Key);
            }
        }

        forged?.ForEach(name => headers.Remove(name));
    }
}
