using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Postern.Operations;

namespace Postern.Gateway.Publish;

/// <summary>Reads a request's body into one array of its own, up to a limit.</summary>
internal static class BodyReader
{
    private const int FirstBuffer = 16 * 1024;

    /// <summary>The body, decoded.</summary>
    public static async ValueTask<byte[]> ReadAsync(HttpContext context, long limit)
    {
        var coding = ContentCoding.Of(context);
        return coding.Decode(await ReadAsSentAsync(context, limit), limit, () => TooLarge(limit));
    }

    /// <summary>The body as it came, in its coding.</summary>
    public static async ValueTask<byte[]> ReadAsSentAsync(HttpContext context, long limit)
    {
        if (context.Request.ContentLength > limit)
        {
            throw TooLarge(limit);
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature)
        {
            // The limit that counts is ours, and it may be above the server's.
            feature.MaxRequestBodySize = null;
        }

        // Grows with what has come, not with what was announced: a header alone must not cost memory.
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(context.Request.ContentLength ?? FirstBuffer, FirstBuffer) + 1);
        try
        {
            var length = 0;
            while (await context.Request.Body.ReadAsync(buffer.AsMemory(length), context.RequestAborted) is var read and > 0)
            {
                length += read;
                if (length > limit)
                {
                    throw TooLarge(limit);
                }

                if (length == buffer.Length)
                {
                    Grow(ref buffer, length);
                }
            }

            return buffer.AsSpan(0, length).ToArray();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static ProblemException TooLarge(long limit) => Problems.TooLarge($"The body is larger than {limit} bytes (gateway.maxEventBytes).");

    private static void Grow(ref byte[] buffer, int length)
    {
        var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
        buffer.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = larger;
    }
}
