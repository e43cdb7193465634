namespace Postern.Gateway.Pipeline;

/// <summary>
/// Keeps all the names of a <c>Connection</c> field. When Kestrel knows exactly one of the options, it replaces all of
/// them by that one: <c>close, X-Hop</c> becomes <c>close</c>, and nobody could tell any more that <c>X-Hop</c> must not be
/// sent on (RFC 9110 §7.6.1).
/// </summary>
/// <remarks>
/// So it is given two options that it knows, or none: <c>keep-alive</c> means nothing beside <c>close</c> or <c>upgrade</c>, and
/// nothing alone in HTTP/1.1. A connection of an HTTP/1.0 client is closed after its response.
/// </remarks>
internal sealed class WholeConnection : HeaderDecoder
{
    private const string KeepAlive = "keep-alive";

    public static WholeConnection Instance { get; } = new();

    protected override string Decode(ReadOnlySpan<byte> value)
    {
        if (value.SequenceEqual("keep-alive"u8))
        {
            return "";
        }

        if (value.SequenceEqual("close"u8))
        {
            return "close, " + KeepAlive;
        }

        if (value.Contains((byte)0))
        {
            // What the server does itself for every field it decodes; it answers 400.
            throw new InvalidOperationException("A header value holds NUL.");
        }

        var options = Latin1.GetString(value).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(static option => !option.Equals(KeepAlive, StringComparison.OrdinalIgnoreCase))
            .ToList();
        if (options.Exists(static option => option.Equals("close", StringComparison.OrdinalIgnoreCase) || option.Equals("upgrade", StringComparison.OrdinalIgnoreCase)))
        {
            options.Add(KeepAlive);
        }

        return string.Join(", ", options);
    }
}
