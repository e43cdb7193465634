namespace Postern.Gateway.Capture;

/// <summary>Bytes that were read already, and then the stream they came from.</summary>
internal sealed class JoinedStream(ReadOnlyMemory<byte> start, Stream rest) : BodyStream
{
    private ReadOnlyMemory<byte> left = start;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (left.IsEmpty)
        {
            return rest.ReadAsync(buffer, cancellationToken);
        }

        var count = Math.Min(buffer.Length, left.Length);
        left[..count].CopyTo(buffer);
        left = left[count..];
        return ValueTask.FromResult(count);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            rest.Dispose();
        }

        base.Dispose(disposing);
    }
}
