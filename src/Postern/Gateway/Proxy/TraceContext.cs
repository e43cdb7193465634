using System.Buffers;
using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Postern.Gateway.Pipeline;

namespace Postern.Gateway.Proxy;

/// <summary>W3C trace context of a call: the caller's when it is well-formed, else a new trace.</summary>
internal readonly record struct TraceContext(string Parent, string? State)
{
    private static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdef");

    /// <summary>How many callbacks led to the call.</summary>
    public int Hops { get; private init; }

    public static TraceContext Of(IHeaderDictionary headers)
    {
        var trace = TryRead(headers, out var given) ? given : new TraceContext($"00-{ActivityTraceId.CreateRandom()}-{ActivitySpanId.CreateRandom()}-00", null);
        return trace with { Hops = Loops.HopsOf(headers) };
    }

    /// <summary>The caller's context; false when it sent none that is well-formed. A state belongs to its parent: it is dropped with a malformed one (§3.2.2).</summary>
    public static bool TryRead(IHeaderDictionary headers, out TraceContext trace)
    {
        var parent = headers.TraceParent;
        if (parent.Count != 1 || !IsWellFormed(parent[0]))
        {
            trace = default;
            return false;
        }

        var state = headers.TraceState.ToString();
        trace = new TraceContext(parent[0]!, state.Length == 0 ? null : state);
        return true;
    }

    /// <summary>Puts the context into the extensions of an event (CloudEvents Distributed Tracing extension).</summary>
    public void AddTo(IDictionary<string, string> extensions)
    {
        extensions["traceparent"] = Parent;
        if (State is not null)
        {
            extensions["tracestate"] = State;
        }
    }

    // Version 00 has exactly this length, a later one may go on after another dash (§3.2.4).
    private static bool IsWellFormed(string? value) =>
        value is { Length: >= 55 } && !value.StartsWith("ff", StringComparison.Ordinal)
        && (value.Length == 55 || (value[55] == '-' && !value.StartsWith("00", StringComparison.Ordinal)))
        && value[2] == '-' && value[35] == '-' && value[52] == '-'
        && IsHex(value.AsSpan(0, 2)) && IsHex(value.AsSpan(53, 2))
        && IsHex(value.AsSpan(3, 32)) && value.AsSpan(3, 32).ContainsAnyExcept('0')
        && IsHex(value.AsSpan(36, 16)) && value.AsSpan(36, 16).ContainsAnyExcept('0');

    private static bool IsHex(ReadOnlySpan<char> text) => !text.ContainsAnyExcept(Hex);
}
