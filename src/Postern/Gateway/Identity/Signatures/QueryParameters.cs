using System.Globalization;
using System.Text;

namespace Postern.Gateway.Identity.Signatures;

/// <summary>Single parameters of a query (RFC 9421 §2.2.8).</summary>
internal static class QueryParameters
{
    /// <summary>The value of one, written in the only way that is signed; null where it stands there not at all or more than once.</summary>
    /// <param name="query">With its question mark.</param>
    /// <param name="name">In the same writing.</param>
    public static string? Find(string query, string name)
    {
        string? found = null;
        foreach (var part in query[1..].Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (Rewrite(equals < 0 ? part : part[..equals]) == name)
            {
                if (found is not null)
                {
                    return null;
                }

                found = equals < 0 ? "" : Rewrite(part[(equals + 1)..]);
            }
        }

        return found;
    }

    // By bytes: what is no UTF-8 stays different from everything else.
    private static string Rewrite(string part)
    {
        var written = new StringBuilder(part.Length);
        for (var at = 0; at < part.Length; at++)
        {
            var octet = part[at] == '+' ? ' ' : part[at];
            if (octet == '%' && at + 2 < part.Length
                && byte.TryParse(part.AsSpan(at + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var decoded))
            {
                octet = (char)decoded;
                at += 2;
            }

            if (char.IsAsciiLetterOrDigit(octet) || octet is '*' or '-' or '.' or '_')
            {
                written.Append(octet);
            }
            else
            {
                written.Append('%').Append(((int)octet).ToString("X2", CultureInfo.InvariantCulture));
            }
        }

        return written.ToString();
    }
}
