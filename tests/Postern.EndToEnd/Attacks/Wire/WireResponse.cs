using System.Globalization;
using System.Text.RegularExpressions;

namespace Postern.EndToEnd.Attacks.Wire;

/// <summary>An answer as its caller reads it.</summary>
/// <param name="Head">The status line and the fields.</param>
/// <param name="IsWhole">Whether the body came to the end that the head promised.</param>
internal sealed partial record WireResponse(int Status, string Head, string Body, bool IsWhole)
{
    /// <summary>The final responses of a connection that is over; null when what came is not a sequence of responses.</summary>
    public static IReadOnlyList<WireResponse>? ReadAll(string wire)
    {
        var responses = new List<WireResponse>();
        for (var at = 0; at < wire.Length;)
        {
            var status = StatusLine().Match(wire, at);
            var end = wire.IndexOf("\r\n\r\n", at, StringComparison.Ordinal);
            if (!status.Success || end < 0)
            {
                return null;
            }

            var code = int.Parse(status.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
            var head = wire[at..end];
            at = end + 4;
            if (code >= 200)
            {
                var (body, isWhole) = ReadBody(wire, ref at, head, code);
                responses.Add(new WireResponse(code, head, body, isWhole));
            }
        }

        return responses;
    }

    private static (string Body, bool IsWhole) ReadBody(string wire, ref int at, string head, int code)
    {
        if (code is 204 or 304)
        {
            return ("", true);
        }

        if (Length().Match(head) is { Success: true } length)
        {
            return Take(wire, ref at, int.Parse(length.Groups[1].ValueSpan, CultureInfo.InvariantCulture));
        }

        if (!Chunked().IsMatch(head))
        {
            // It ends with its connection.
            return Take(wire, ref at, wire.Length - at);
        }

        var body = "";
        while (ChunkSize().Match(wire, at) is { Success: true } size)
        {
            at += size.Length;
            var count = int.Parse(size.Groups[1].ValueSpan, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (count == 0)
            {
                var end = wire.IndexOf("\r\n", at, StringComparison.Ordinal);
                var isWhole = end == at;
                at = isWhole ? at + 2 : wire.Length;
                return (body, isWhole);
            }

            var (part, isPartWhole) = Take(wire, ref at, count + 2);
            if (!isPartWhole)
            {
                return (body + part, false);
            }

            body += part[..^2];
        }

        at = wire.Length;
        return (body, false);
    }

    private static (string Part, bool IsWhole) Take(string wire, ref int at, int length)
    {
        var taken = Math.Min(length, wire.Length - at);
        at += taken;
        return (wire[(at - taken)..at], taken == length);
    }

    [GeneratedRegex(@"\GHTTP/1\.1 ([1-5][0-9][0-9]) [^\r\n]*\r\n")]
    private static partial Regex StatusLine();

    [GeneratedRegex("\r\nContent-Length: ([0-9]+)(?:\r\n|$)", RegexOptions.IgnoreCase)]
    private static partial Regex Length();

    [GeneratedRegex("\r\nTransfer-Encoding: chunked(?:\r\n|$)", RegexOptions.IgnoreCase)]
    private static partial Regex Chunked();

    [GeneratedRegex(@"\G([0-9a-fA-F]{1,7})\r\n")]
    private static partial Regex ChunkSize();
}
