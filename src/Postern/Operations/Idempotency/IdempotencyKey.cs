using Microsoft.Extensions.Primitives;

namespace Postern.Operations.Idempotency;

/// <summary>
/// Reads <c>Idempotency-Key</c> (draft-ietf-httpapi-idempotency-key-header §2.1): a string of RFC 8941 in quotes. Most clients send a bare
/// UUID, as Stripe taught them: that is taken too, and is the same key as the quoted one.
/// </summary>
internal static class IdempotencyKey
{
    public const string Header = "Idempotency-Key";
    public const int MaxLength = 255;

    // What a bare key may hold beside letters and digits: the characters of an RFC 8941 token, and those of base64.
    private const string Bare = "!#$%&'*+-.^_`|~:/=@";

    /// <summary>Null when the header is not there.</summary>
    /// <exception cref="ProblemException">400: it is there, and is no key.</exception>
    public static string? Read(StringValues header)
    {
        if (header.Count == 0)
        {
            return null;
        }

        if (header.Count > 1)
        {
            throw Problems.Malformed($"{Header}: give it once.");
        }

        var text = header[0].AsSpan().Trim(" \t");
        var key = text is ['"', ..] ? ReadQuoted(text) : ReadBare(text);
        return key switch
        {
            null => throw Problems.Malformed(
                $"{Header} is no key: put printable ASCII between double quotes, with \\ before \" and \\, or send a bare key such as a UUID (letters, digits and {Bare})."),
            "" => throw Problems.Malformed($"{Header} is empty: give 1 to {MaxLength} characters."),
            { Length: > MaxLength } => throw Problems.Malformed($"{Header} has {key.Length} characters; it may have {MaxLength}."),
            _ => key,
        };
    }

    private static string? ReadBare(ReadOnlySpan<char> text)
    {
        foreach (var character in text)
        {
            if (!char.IsAsciiLetterOrDigit(character) && !Bare.Contains(character, StringComparison.Ordinal))
            {
                return null;
            }
        }

        return text.ToString();
    }

    /// <summary>RFC 8941 §4.2.5. The draft gives the header no parameters: nothing may follow the closing quote.</summary>
    private static string? ReadQuoted(ReadOnlySpan<char> text)
    {
        var key = new System.Text.StringBuilder(text.Length);
        for (var index = 1; index < text.Length; index++)
        {
            switch (text[index])
            {
                case '"':
                    return index == text.Length - 1 ? key.ToString() : null;
                case '\\' when index + 1 < text.Length && text[index + 1] is '"' or '\\':
                    key.Append(text[++index]);
                    break;
                case '\\' or < ' ' or > '~':
                    return null;
                default:
                    key.Append(text[index]);
                    break;
            }
        }

        return null;
    }
}
