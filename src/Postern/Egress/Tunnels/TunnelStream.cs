using System.Net;
using System.Net.Security;

namespace Postern.Egress.Tunnels;

/// <summary>A connection to a receiver through a gateway. Like <see cref="EgressStream"/> it knows the request that uses it.</summary>
internal sealed class TunnelStream(SslStream gateway, IPEndPoint receiver, SocketBound sockets) : Stream
{
    private readonly string address = receiver.ToString();
    private bool released;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => gateway.ReadAsync(buffer, cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => gateway.Read(buffer, offset, count);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        EgressStream.FindObjection(address, receiver.Address) is { } objection ? ValueTask.FromException(objection) : gateway.WriteAsync(buffer, cancellationToken);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count) => gateway.Write(buffer, offset, count);

    public override Task FlushAsync(CancellationToken cancellationToken) => gateway.FlushAsync(cancellationToken);

    public override void Flush() => gateway.Flush();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
        {
            gateway.Dispose();
        }

        if (!Interlocked.Exchange(ref released, true))
        {
            sockets.Release();
        }
    }
}
