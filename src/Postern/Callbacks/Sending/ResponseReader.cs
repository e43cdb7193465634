using System.Buffers;

namespace Postern.Callbacks.Sending;

/// <summary>Reads as much of a response as is worth it.</summary>
internal static class ResponseReader
{
    /// <summary>Read at most, so that a well-behaved receiver's connection can be used again; a longer response costs it the connection.</summary>
    public const int MaxBytes = 64 * 1024;

    /// <summary>Kept at most, for the attempt's record.</summary>
    public const int KeptBytes = 4 * 1024;

    /// <summary>Reads the body up to its limit and returns its first bytes. What was read before it broke off counts.</summary>
    /// <returns>The first bytes, and whether the body came to its end or its limit in order.</returns>
    public static async ValueTask<(ReadOnlyMemory<byte> Kept, Exception? Broken)> ReadAsync(HttpContent content, CancellationToken cancellation)
    {
        if (content.Headers.ContentLength == 0)
        {
            return default;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(2 * KeptBytes);
        var (total, kept) = (0, 0);
        Exception? broken = null;
        try
        {
            await using var body = await content.ReadAsStreamAsync(cancellation);
            while (total < MaxBytes)
            {
                var read = await body.ReadAsync(buffer.AsMemory(kept, buffer.Length - kept), cancellation);
                if (read == 0)
                {
                    break;
                }

                total += read;
                kept = Math.Min(kept + read, KeptBytes);
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or HttpRequestException)
        {
            broken = exception;
        }

        var first = kept == 0 ? default : new ReadOnlyMemory<byte>(buffer.AsSpan(0, kept).ToArray());
        ArrayPool<byte>.Shared.Return(buffer);
        return (first, broken);
    }
}
