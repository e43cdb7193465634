using System.Buffers;

namespace Postern.Egress;

/// <summary>A whole answer to a secondary call.</summary>
internal sealed record EgressAnswer(int Status, HttpResponseMessage Message, ReadOnlyMemory<byte> Body)
{
    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>Reads a response to its end.</summary>
    /// <exception cref="EgressException">It is larger than that.</exception>
    public static async Task<EgressAnswer> ReadAsync(HttpResponseMessage response, int maxBytes, CancellationToken cancellation)
    {
        // Grows with what comes: what is announced must not cost memory.
        var body = new ArrayBufferWriter<byte>();
        await using var stream = await response.Content.ReadAsStreamAsync(cancellation);
        while (await stream.ReadAsync(body.GetMemory(4 * 1024), cancellation) is var read and > 0)
        {
            body.Advance(read);
            if (body.WrittenCount > maxBytes)
            {
                throw new EgressException(EgressFailure.Protocol, $"The answer is larger than {maxBytes} bytes.");
            }
        }

        return new EgressAnswer((int)response.StatusCode, response, body.WrittenMemory);
    }
}
