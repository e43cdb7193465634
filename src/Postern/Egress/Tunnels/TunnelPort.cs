using System.Buffers;
using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Postern.Configuration;
using Postern.Monitoring;
using Postern.Operations.ClientCertificates;

namespace Postern.Egress.Tunnels;

/// <summary>
/// The egress listener: one CONNECT on each connection of a node that has proved itself by its certificate. It dials as this node
/// would for itself, tells what came of it, and carries the bytes.
/// </summary>
internal sealed class TunnelPort(EgressClient egress, LiveConfiguration live, PosternMeter meter, TimeProvider time, ILogger<TunnelPort> logger)
{
    /// <summary>For the receiver, its name included.</summary>
    public static readonly TimeSpan DialTimeout = TimeSpan.FromSeconds(8);

    /// <summary>For the request, once the handshake has ended.</summary>
    public static readonly TimeSpan HeadTimeout = TimeSpan.FromSeconds(10);

    private int open;

    /// <summary>Holds a socket of the callbacks' share for each connection. Stands before TLS: what is too much costs no handshake.</summary>
    public ConnectionDelegate Bounded(ConnectionDelegate next) => async connection =>
    {
        try
        {
            egress.Sockets.Take();
        }
        catch (EgressException)
        {
            connection.Abort();
            return;
        }

        try
        {
            await next(connection);
        }
        finally
        {
            egress.Sockets.Release();
        }
    };

    public async Task ServeAsync(ConnectionContext connection)
    {
        var stopping = connection.Features.GetRequiredFeature<IConnectionLifetimeNotificationFeature>().ConnectionClosedRequested;
        var tunnels = Interlocked.Increment(ref open);
        try
        {
            var node = connection.Features.GetRequiredFeature<ClientCertificate>();
            if (await ReadAsync(connection, node, stopping) is { } request)
            {
                await ConnectAsync(connection, node, request, mayDial: tunnels <= live.Current.Egress.Listener?.MaxTunnels, stopping);
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // One side broke off, or was too slow: the other one hears of it in the same way.
            connection.Abort();
        }
        finally
        {
            Interlocked.Decrement(ref open);
        }
    }

    private async Task ConnectAsync(
        ConnectionContext connection, ClientCertificate node, ConnectRequest request, bool mayDial, CancellationToken stopping)
    {
        var trace = new EgressTrace();
        var (receiver, fault) = mayDial
            ? await DialAsync(request, trace, connection.ConnectionClosed)
            : (null, new EgressFault(EgressFailure.Shortage, "The gateway carries as many tunnels as it may."));
        await using (receiver)
        {
            var status = new ProxyStatus(fault, receiver?.Address ?? trace.Address);
            meter.Tunnels.Add(1, new KeyValuePair<string, object?>("result", status.Kind));
            await AnswerAsync(connection, status.Status, status.Write());
            if (receiver is null)
            {
                EgressLog.TunnelRefused(logger, node.Certificate.Subject, status.Status, fault!.Value.Text);
                return;
            }

            var address = IPEndPoint.Parse(receiver.Address);
            await new Tunnel(connection.Transport, receiver, request.Tls, time).CarryAsync(
                () => egress.Rules.MayDial(address.Address, address.Port, request.Tls) && IsStillTaken(node), stopping, connection.ConnectionClosed);
        }
    }

    private bool IsStillTaken(ClientCertificate node) => live.Current.Egress.Listener is { } listener && node.Holds(listener.Clients, time.GetUtcNow());

    private async Task<(EgressStream? Receiver, EgressFault? Fault)> DialAsync(ConnectRequest request, EgressTrace trace, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(DialTimeout);
        try
        {
            return (await egress.DialAsync(request, trace, limit.Token), null);
        }
        catch (Exception exception) when (!cancellation.IsCancellationRequested)
        {
            if (EgressFault.Of(exception, trace.Phase) is { } fault)
            {
                return (null, fault);
            }

            EgressLog.TunnelFailed(logger, exception);
            return (null, new EgressFault(EgressFailure.Gateway, "The gateway could not make this connection; its operator finds the reason in the log."));
        }
    }

    /// <summary>Reads the request; null where there is none, which has been answered.</summary>
    private async Task<ConnectRequest?> ReadAsync(ConnectionContext connection, ClientCertificate node, CancellationToken stopping)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(connection.ConnectionClosed, stopping);
        limit.CancelAfter(HeadTimeout);
        var input = connection.Transport.Input;
        while (true)
        {
            var read = await input.ReadAsync(limit.Token);
            var head = read.Buffer.Slice(0, Math.Min(read.Buffer.Length, ConnectRequest.MaxHead)).ToArray();
            if (head.AsSpan().IndexOf("\r\n\r\n"u8) is var end and >= 0)
            {
                var (request, status) = ConnectRequest.Read(head.AsSpan(0, end));
                input.AdvanceTo(read.Buffer.GetPosition(end + 4));
                return request ?? await RefuseAsync(connection, node, status);
            }

            if (head.Length == ConnectRequest.MaxHead)
            {
                return await RefuseAsync(connection, node, 431);
            }

            if (read.IsCompleted)
            {
                return null;
            }

            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private async Task<ConnectRequest?> RefuseAsync(ConnectionContext connection, ClientCertificate node, int status)
    {
        meter.Tunnels.Add(1, new KeyValuePair<string, object?>("result", "malformed"));
        EgressLog.TunnelMalformed(logger, node.Certificate.Subject, status);
        await AnswerAsync(connection, status, ProxyStatus.NoRequest);
        return null;
    }

    // After a refusal nothing more is read.
    private static async Task AnswerAsync(ConnectionContext connection, int status, string proxyStatus)
    {
        var more = (status == 405 ? "Allow: CONNECT\r\n" : "") + (status == 200 ? "" : "Content-Length: 0\r\nConnection: close\r\n");
        var head = string.Create(
            CultureInfo.InvariantCulture, $"HTTP/1.1 {status} {(status == 200 ? "Connected" : "Refused")}\r\n{ProxyStatus.Field}: {proxyStatus}\r\n{more}\r\n");
        await connection.Transport.Output.WriteAsync(Encoding.ASCII.GetBytes(head), connection.ConnectionClosed);
    }
}
