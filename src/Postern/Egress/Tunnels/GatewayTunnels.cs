using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Microsoft.Extensions.Logging;
using Postern.Configuration;
using Postern.Egress.Tls;
using Postern.Monitoring;

namespace Postern.Egress.Tunnels;

/// <summary>
/// Makes the connections of a node that sends through gateways (<c>egress.gateway</c>). The gateway resolves, judges and dials; the
/// node's own part is which gateway. That none can be reached is our trouble: nobody was called.
/// </summary>
internal sealed class GatewayTunnels(
    EgressGatewayConfiguration configuration, NameResolver names, SocketBound sockets, PosternMeter meter, TimeProvider time, ILogger logger)
{
    /// <summary>For all that is done to reach a gateway: of an attempt's time enough must be left for the receiver.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    // Longer than the gateway dials: it says what has come of it.
    private static readonly TimeSpan AnswerTimeout = TunnelPort.DialTimeout + TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly GatewayOrder order = new(configuration.Addresses, time);

    /// <summary>Longer than a tunnel may take to come about: the handshake with the receiver counts as well.</summary>
    public static TimeSpan ConnectTimeout => Patience + AnswerTimeout + TimeSpan.FromSeconds(5);

    /// <exception cref="EgressException">There is no connection: as the gateway says, or for want of a gateway.</exception>
    public async Task<TunnelStream> OpenAsync(ConnectRequest request, EgressTrace? trace, CancellationToken cancellation)
    {
        trace?.Reach(EgressPhase.Reaching);
        var began = time.GetTimestamp();
        while (true)
        {
            foreach (var gateway in order.Next())
            {
                var left = Patience - time.GetElapsedTime(began);
                if (left > TimeSpan.Zero && await TryAsync(gateway, request, trace, left / configuration.Addresses.Count, cancellation) is { } tunnel)
                {
                    return tunnel;
                }
            }

            // All were tried: they may be starting, and whoever waits here takes no attempt from anybody.
            if (time.GetElapsedTime(began) + Pause >= Patience)
            {
                throw new EgressException(EgressFailure.Shortage, "None of the gateways of egress.gateway can be sent through.");
            }

            await Task.Delay(Pause, time, cancellation);
        }
    }

    /// <param name="limit">For reaching it.</param>
    /// <returns>Null where another gateway is to be tried.</returns>
    private async Task<TunnelStream?> TryAsync(string gateway, ConnectRequest request, EgressTrace? trace, TimeSpan limit, CancellationToken cancellation)
    {
        sockets.Take();
        SslStream? secure = null;
        try
        {
            secure = await ReachAsync(new Uri(gateway), limit, cancellation);
            trace?.Reach(EgressPhase.Connecting);
            var answer = await AskAsync(secure, request, cancellation);
            if (answer.Fault is { Failure: EgressFailure.Shortage } full)
            {
                throw new IOException(full.Text);
            }

            if (order.Work(gateway))
            {
                EgressLog.GatewayBack(logger, gateway);
            }

            return new TunnelStream(secure, Judge(answer, request, trace), sockets);
        }
        catch (Exception exception)
        {
            secure?.Dispose();
            sockets.Release();
            if (cancellation.IsCancellationRequested || !MeansAway(exception))
            {
                throw;
            }

            meter.GatewaysAway.Add(1, new KeyValuePair<string, object?>("gateway", new Uri(gateway).Authority));
            if (order.Fail(gateway))
            {
                EgressLog.GatewayAway(logger, gateway, exception.Message);
            }

            return null;
        }
    }

    private static bool MeansAway(Exception exception) => exception is not EgressException
        && exception is IOException or SocketException or AuthenticationException or TimeoutException or OperationCanceledException;

    /// <returns>What the gateway has dialled.</returns>
    private static IPEndPoint Judge(ProxyStatus answer, ConnectRequest request, EgressTrace? trace)
    {
        trace?.Address = answer.Address;
        if (answer.Fault is { } fault)
        {
            throw new EgressException(fault.Failure, fault.Text);
        }

        var receiver = IPEndPoint.Parse(answer.Address!);
        if (trace?.MayReach?.Invoke(receiver.Address) == false)
        {
            throw EgressException.Busy();
        }

        trace?.Reach(request.Tls ? EgressPhase.Securing : EgressPhase.Sent);
        return receiver;
    }

    private async Task<SslStream> ReachAsync(Uri gateway, TimeSpan limit, CancellationToken cancellation)
    {
        using var share = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        share.CancelAfter(limit);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            // Its address is the operator's word and not judged.
            var host = gateway.IdnHost;
            var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await names.ResolveAsync(host, static () => { }, share.Token);
            await socket.ConnectAsync(addresses, gateway.Port, share.Token);
            var secure = new SslStream(new NetworkStream(socket, ownsSocket: true));
            await secure.AuthenticateAsClientAsync(Options(host), share.Token);
            return secure;
        }
        catch (Exception exception)
        {
            socket.Dispose();
            if (exception is OperationCanceledException && !cancellation.IsCancellationRequested)
            {
                throw new TimeoutException("It was not reached in time.", exception);
            }

            throw;
        }
    }

    private SslClientAuthenticationOptions Options(string host) => new()
    {
        TargetHost = host,
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        CertificateChainPolicy = TrustPolicy.Of(new TlsProfile(configuration.Authorities, null, null), null, Revocation.None.ToMode()),
        ClientCertificateContext = configuration.Certificate.Loaded,
    };

    private static async Task<ProxyStatus> AskAsync(SslStream gateway, ConnectRequest request, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(AnswerTimeout);
        await gateway.WriteAsync(request.Write(), limit.Token);

        // Byte for byte: what follows the head is the receiver's.
        var head = new byte[ConnectRequest.MaxHead];
        for (var length = 0; length < head.Length && await gateway.ReadAsync(head.AsMemory(length, 1), limit.Token) == 1; length++)
        {
            if (head.AsSpan(0, length + 1).EndsWith("\r\n\r\n"u8))
            {
                return Read(Encoding.ASCII.GetString(head, 0, length)) ?? throw new IOException("It does not answer as an egress listener.");
            }
        }

        throw new IOException("It closed the connection without an answer.");
    }

    /// <summary>What an answer says; null where it is none of an egress listener.</summary>
    internal static ProxyStatus? Read(string head)
    {
        var lines = head.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var field = Array.Find(lines, static line => line.StartsWith(ProxyStatus.Field + ": ", StringComparison.OrdinalIgnoreCase));
        return field is not null && lines[0].StartsWith("HTTP/1.1 ", StringComparison.Ordinal)
            && ProxyStatus.Read(field[(ProxyStatus.Field.Length + 2)..]) is { } status
            && (status.Fault is null) == lines[0].StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal)
            && (status.Address is null || IPEndPoint.TryParse(status.Address, out _))
                ? status
                : null;
    }
}
