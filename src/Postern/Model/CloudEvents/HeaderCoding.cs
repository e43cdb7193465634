using System.Text;

namespace Postern.Model.CloudEvents;

/// <summary>Attribute values as they stand in HTTP headers (CloudEvents HTTP binding §3.1.3.2): percent-encoded UTF-8.</summary>
internal static class HeaderCoding
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Takes off the quotes first and decodes once. False when what comes out is not UTF-8, or a <c>%</c> stands alone.</summary>
    public static bool TryDecode(string value, out string decoded)
    {
        decoded = Unquote(value);
        if (!decoded.Contains('%', StringComparison.Ordinal))
        {
            return true;
        }

        try
        {
            var bytes = Utf8.GetBytes(decoded);
            var length = 0;
            for (var index = 0; index < bytes.Length; index++)
            {
                if (bytes[index] != (byte)'%')
                {
                    bytes[length++] = bytes[index];
                    continue;
                }

                if (index + 2 >= bytes.Length || !char.IsAsciiHexDigit((char)bytes[index + 1]) || !char.IsAsciiHexDigit((char)bytes[index + 2]))
                {
                    return false;
                }

                bytes[length++] = (byte)((Hex(bytes[index + 1]) << 4) | Hex(bytes[index + 2]));
                index += 2;
            }

            decoded = Utf8.GetString(bytes.AsSpan(0, length));
            return true;
        }
        catch (ArgumentException)
        {
            // Overlong forms (%C0%A0), lone surrogates, cut sequences: security filters downstream read them differently.
            return false;
        }
    }

    private static string Unquote(string value)
    {
        if (value.Length < 2 || value[0] != '"' || value[^1] != '"')
        {
            return value;
        }

        var text = new StringBuilder(value.Length);
        for (var index = 1; index < value.Length - 1; index++)
        {
            if (value[index] == '\\' && index < value.Length - 2)
            {
                index++;
            }

            text.Append(value[index]);
        }

        return text.ToString();
    }

    private static int Hex(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
