using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace Postern.Gateway.Pipeline;

/// <summary>
/// Finds header fields that no sender may write (RFC 9110 §5.1, §5.5). Kestrel takes most controls in a name and in a value; a
/// server before or behind may take the same for a blank or for the end of the line, and see other fields than we do.
/// </summary>
internal static class Fields
{
    private static readonly SearchValues<char> NameLetters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    // All controls but the tab.
    private static readonly SearchValues<char> Controls =
        SearchValues.Create([.. Enumerable.Range(0, 32).Append(127).Where(static octet => octet != '\t').Select(static octet => (char)octet)]);

    /// <summary>What is wrong with the fields; null when all can be passed on.</summary>
    public static string? FindFault(IHeaderDictionary headers)
    {
        foreach (var (name, values) in headers)
        {
            // HTTP/2 has fields of its own here, which the server has checked.
            if (!name.StartsWith(':') && name.AsSpan().ContainsAnyExcept(NameLetters))
            {
                return "The name of a header field holds a character that no name has.";
            }

            foreach (var value in values)
            {
                if (value.AsSpan().ContainsAny(Controls))
                {
                    return "A header value holds a control character.";
                }
            }
        }

        return null;
    }
}
