using Postern.Callbacks.Outcomes;
using Postern.Egress;

namespace Postern.Callbacks.Sending;

/// <summary>What came back from a receiver.</summary>
/// <param name="Status">Status of the response; null when there was none.</param>
/// <param name="RetryAfter">The header as it came; null when there was none.</param>
/// <param name="Body">First bytes of the response's body.</param>
/// <param name="Fault">Why there is no response; null when there is one.</param>
internal readonly record struct Reply(int? Status, string? RetryAfter, ReadOnlyMemory<byte> Body, EgressFault? Fault)
{
    public bool IsSuccess => Status is >= 200 and < 300;
}
