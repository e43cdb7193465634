namespace Postern.Gateway.Capture;

/// <summary>The beginning of a body, and the stream that still holds its rest; null when the beginning is all.</summary>
internal sealed record BoundedRead(ReadOnlyMemory<byte> Start, Stream? Rest)
{
    private const int FirstBuffer = 4096;

    /// <summary>Reads a body up to a limit. Memory grows with what came, and not with what was announced.</summary>
    /// <param name="announced">Content-Length, where there is one.</param>
    public static async Task<BoundedRead> ReadAsync(Stream stream, long? announced, long limit, CancellationToken cancellation)
    {
        if (announced > limit)
        {
            return new BoundedRead(default, stream);
        }

        // One byte more than the limit tells a body that just fits from one that does not.
        var buffer = new byte[(int)Math.Min(limit + 1, announced + 1 ?? FirstBuffer)];
        var length = 0;
        while (true)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(length), cancellation);
            if (read == 0)
            {
                return new BoundedRead(buffer.AsMemory(0, length), null);
            }

            length += read;
            if (length > limit)
            {
                return new BoundedRead(buffer.AsMemory(0, length), stream);
            }

            if (length == buffer.Length)
            {
                Array.Resize(ref buffer, (int)Math.Min(limit + 1, buffer.Length * 2L));
            }
        }
    }

    /// <summary>The whole body again, for the client.</summary>
    public HttpContent Replay() => Rest is null ? new ReadOnlyMemoryContent(Start) : new StreamContent(new JoinedStream(Start, Rest));
}
