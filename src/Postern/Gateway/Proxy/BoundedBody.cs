using Microsoft.AspNetCore.Http;
using Postern.Gateway.Capture;

namespace Postern.Gateway.Proxy;

/// <summary>
/// A body whose length nobody has announced, up to so many bytes. The server's own bound counts the framing of chunks too, and
/// would refuse a body that is just as long as it may be.
/// </summary>
internal sealed class BoundedBody(Stream body, long most) : BodyStream
{
    private long length;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await body.ReadAsync(buffer, cancellationToken);
        length += read;
        return length <= most
            ? read
            : throw new BadHttpRequestException("The body is longer than it may be.", StatusCodes.Status413PayloadTooLarge);
    }
}
