using System.Globalization;

namespace Postern.EndToEnd.Attacks.Wire;

/// <summary>A request as it stands on the wire: one character is one byte.</summary>
internal sealed record WireRequest(string Method, string Target, string Body)
{
    /// <summary>Whether another request may follow on its connection.</summary>
    public required bool KeepsConnection { get; init; }
}

internal enum WireEnd
{
    /// <summary>Nothing is left, or nothing more may be read.</summary>
    Whole,

    /// <summary>More is to come.</summary>
    Cut,

    /// <summary>What follows is no request.</summary>
    Faulty,
}

/// <summary>
/// Reads requests by RFC 9112 as strictly as it can be read, and shares nothing with the gateway: what it does not take must never
/// be passed on, and what it takes is what an upstream must see.
/// </summary>
internal sealed class WireReader
{
    private const string TokenMarks = "!#$%&'*+-.^_`|~";

    private readonly string wire;
    private int at;

    private WireReader(string wire, int at) => (this.wire, this.at) = (wire, at);

    /// <summary>The requests up to the first fault, or up to one that closes its connection.</summary>
    public static (IReadOnlyList<WireRequest> Requests, WireEnd End) ReadAll(string wire)
    {
        var requests = new List<WireRequest>();
        for (var at = 0; at < wire.Length;)
        {
            var (request, end, next) = Read(wire, at);
            if (request is null)
            {
                return (requests, end);
            }

            requests.Add(request);
            at = request.KeepsConnection ? next : wire.Length;
        }

        return (requests, WireEnd.Whole);
    }

    /// <summary>The request that begins at a place, and where the next one begins; null and why when there is none.</summary>
    public static (WireRequest? Request, WireEnd End, int Next) Read(string wire, int at)
    {
        var reader = new WireReader(wire, at);
        try
        {
            return (reader.ReadRequest(), WireEnd.Whole, reader.at);
        }
        catch (EndOfStreamException)
        {
            return (null, WireEnd.Cut, at);
        }
        catch (FormatException)
        {
            return (null, WireEnd.Faulty, at);
        }
    }

    private WireRequest ReadRequest()
    {
        // §2.2 lets empty lines before a request line be passed over; nothing of them is passed on.
        while (at < wire.Length && wire[at] is '\r' or '\n')
        {
            at++;
        }

        var parts = ReadLine().Split(' ');
        Insist(parts.Length == 3 && IsToken(parts[0]) && parts[2] is "HTTP/1.1" or "HTTP/1.0");
        // Not of RFC 9112: the gateway is no tunnel, and "get" is another method than GET, which no API knows.
        Insist(parts[0] is not ("CONNECT" or "get"));
        Insist(parts[1].StartsWith('/') && parts[1].All(static letter => letter is > ' ' and < '\x7f' and not '#' and not '\\'));
        var fields = ReadFields();
        var isHttp11 = parts[2] == "HTTP/1.1";
        var hosts = Values(fields, "host");
        Insist(hosts.Length == 1 || (hosts.Length == 0 && !isHttp11));
        Insist(hosts.All(static host => host.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or ':' or '[' or ']')));
        var body = ReadBody(fields, isHttp11);
        var options = Values(fields, "connection").SelectMany(static value => value.Split(',', StringSplitOptions.TrimEntries));
        var closes = options.Contains("close", StringComparer.OrdinalIgnoreCase);
        return new WireRequest(parts[0], parts[1], body) { KeepsConnection = isHttp11 && !closes };
    }

    private string ReadBody(List<(string Name, string Value)> fields, bool isHttp11)
    {
        var codings = Values(fields, "transfer-encoding");
        var lengths = Values(fields, "content-length");
        if (codings.Length > 0)
        {
            Insist(isHttp11 && lengths.Length == 0 && codings.Length == 1 && codings[0].Equals("chunked", StringComparison.OrdinalIgnoreCase));
            return ReadChunks();
        }

        if (lengths.Length == 0)
        {
            return "";
        }

        var length = 0L;
        Insist(lengths.Length == 1 && long.TryParse(lengths[0], NumberStyles.None, CultureInfo.InvariantCulture, out length));
        return Take(length);
    }

    private string ReadChunks()
    {
        var body = "";
        while (true)
        {
            var line = ReadLine();
            var size = line.Split(';')[0];
            // §7.1.1 lets blanks stand before an extension, for old senders. Extensions are not passed on.
            size = size.Length < line.Length ? size.TrimEnd(' ', '\t') : size;
            Insist(size.Length is > 0 and < 16 && size.All(char.IsAsciiHexDigit));
            var length = long.Parse(size, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (length == 0)
            {
                ReadFields();
                return body;
            }

            body += Take(length);
            Insist(Take(2) == "\r\n");
        }
    }

    private List<(string Name, string Value)> ReadFields()
    {
        var fields = new List<(string, string)>();
        while (ReadLine() is { Length: > 0 } line)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            Insist(colon > 0 && IsToken(line[..colon]));
            var value = line[(colon + 1)..].Trim(' ', '\t');
            Insist(value.All(static letter => letter is '\t' or (>= ' ' and not '\x7f')));
            fields.Add((line[..colon], value));
        }

        return fields;
    }

    private string ReadLine()
    {
        var end = wire.IndexOf('\n', at);
        if (end < 0)
        {
            throw new EndOfStreamException();
        }

        var line = wire[at..end];
        Insist(line.EndsWith('\r') && line.IndexOf('\r', StringComparison.Ordinal) == line.Length - 1);
        at = end + 1;
        return line[..^1];
    }

    private string Take(long length)
    {
        if (length > wire.Length - at)
        {
            throw new EndOfStreamException();
        }

        at += (int)length;
        return wire[(at - (int)length)..at];
    }

    private static string[] Values(List<(string Name, string Value)> fields, string name) =>
        [.. fields.Where(field => field.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(static field => field.Value)];

    private static bool IsToken(string text) =>
        text.Length > 0 && text.All(static letter => char.IsAsciiLetterOrDigit(letter) || TokenMarks.Contains(letter, StringComparison.Ordinal));

    private static void Insist(bool held)
    {
        if (!held)
        {
            throw new FormatException();
        }
    }
}
