using System.Buffers;
using System.IO.Pipelines;

namespace Postern.Egress.Tunnels;

/// <summary>
/// Carries bytes between a node and a receiver until either side closes (RFC 9110 §9.3.6): each side is read no faster than the other
/// one takes it.
/// </summary>
/// <param name="tls">What goes through it has to be TLS.</param>
internal sealed class Tunnel(IDuplexPipe node, Stream receiver, bool tls, TimeProvider time)
{
    // RFC 8446 §5.1: what TLS begins with. Otherwise a node could send plainly where the gateway's egress.plainHttp says no.
    private const byte Handshake = 22;

    // Longer than an attempt may take, and than a node keeps a connection that it does not use.
    public static readonly TimeSpan Idle = TimeSpan.FromMinutes(2);

    // What has answered and is silent for so long has no call under way.
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    private long last = time.GetTimestamp();
    // Where nothing was asked, nothing is owed.
    private volatile bool answered = true;
    private bool begun;

    /// <param name="stopping">Set when the gateway stops: the tunnel ends as soon as no call is under way in it.</param>
    /// <param name="isAllowed">Whether the receiver may be called under the rules of now: asked before anything goes out to it.</param>
    /// <exception cref="IOException">One side broke off.</exception>
    public async Task CarryAsync(Func<bool> isAllowed, CancellationToken stopping, CancellationToken cancellation)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task[] all = [SendAsync(isAllowed, end.Token), ReceiveAsync(end.Token), WatchAsync(stopping, end.Token)];
        var first = await Task.WhenAny(all);
        await end.CancelAsync();
        await Task.WhenAll(all).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await first;
    }

    private async Task SendAsync(Func<bool> isAllowed, CancellationToken cancellation)
    {
        while (true)
        {
            var read = await node.Input.ReadAsync(cancellation);
            if (!isAllowed() || !BeginsWell(read.Buffer))
            {
                return;
            }

            if (!read.Buffer.IsEmpty)
            {
                Pass(fromReceiver: false);
                foreach (var segment in read.Buffer)
                {
                    await receiver.WriteAsync(segment, cancellation);
                }
            }

            node.Input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return;
            }
        }
    }

    private async Task ReceiveAsync(CancellationToken cancellation)
    {
        while (true)
        {
            // Waits without a buffer: most tunnels are idle most of the time.
            _ = await receiver.ReadAsync(Memory<byte>.Empty, cancellation);
            var count = await receiver.ReadAsync(node.Output.GetMemory(), cancellation);
            if (count == 0)
            {
                return;
            }

            Pass(fromReceiver: true);
            node.Output.Advance(count);
            if ((await node.Output.FlushAsync(cancellation)).IsCompleted)
            {
                return;
            }
        }
    }

    private async Task WatchAsync(CancellationToken stopping, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(Look, time);
        while (await timer.WaitForNextTickAsync(cancellation))
        {
            var silent = time.GetElapsedTime(Volatile.Read(ref last));
            if (silent > Idle || (stopping.IsCancellationRequested && answered && silent > Quiet))
            {
                return;
            }
        }
    }

    private bool BeginsWell(ReadOnlySequence<byte> bytes)
    {
        begun |= !tls || (!bytes.IsEmpty && bytes.FirstSpan[0] == Handshake);
        return begun || bytes.IsEmpty;
    }

    private void Pass(bool fromReceiver)
    {
        answered = fromReceiver;
        Volatile.Write(ref last, time.GetTimestamp());
    }
}
