using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Postern.Callbacks.Sending;

/// <summary>W3C Trace Context, version 00: each attempt is a new span of the event's trace.</summary>
internal static class TraceParent
{
    private const int Length = 55;
    private const int TraceEnd = 35;
    private const int SpanEnd = 52;
    private static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");

    /// <summary>The <c>traceparent</c> of an attempt.</summary>
    /// <param name="parent">The event's own; where it is missing or not valid, the trace is named after the event.</param>
    /// <param name="eventId">The gateway's id of the event, so that every attempt stands in one trace.</param>
    /// <param name="span">Random; the span of this attempt.</param>
    public static string Continue(string? parent, string eventId, ulong span)
    {
        // All zeros is no valid span.
        var id = (span == 0 ? 1 : span).ToString("x16", CultureInfo.InvariantCulture);
        return parent is not null && IsValid(parent)
            ? string.Concat(parent.AsSpan(0, TraceEnd + 1), id, parent.AsSpan(SpanEnd))
            : $"00-{Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(eventId)).AsSpan(0, 16))}-{id}-00";
    }

    internal static bool IsValid(string text) =>
        text.Length == Length && text.StartsWith("00-", StringComparison.Ordinal) && text[TraceEnd] == '-' && text[SpanEnd] == '-'
        && IsHex(text.AsSpan(3, 32)) && IsHex(text.AsSpan(36, 16)) && IsHex(text.AsSpan(53, 2))
        && text.AsSpan(3, 32).ContainsAnyExcept('0') && text.AsSpan(36, 16).ContainsAnyExcept('0');

    private static bool IsHex(ReadOnlySpan<char> text) => !text.ContainsAnyExcept(LowerHex);
}
