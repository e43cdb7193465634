using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Postern.Monitoring;

namespace Postern.Egress;

/// <summary>Finds the addresses of a host name. Need not heed the token.</summary>
internal delegate Task<IPAddress[]> ResolveAddresses(string host, CancellationToken cancellation);

/// <summary>
/// Makes every connection to an address that somebody else chose. A name is resolved once, each address is judged, and
/// the socket goes to a judged address, never to the name: a second answer of the name server cannot matter.
/// </summary>
/// <remarks>
/// Of a mixed answer the allowed addresses are dialled and the others left out, instead of refusing them all: the guard
/// loses nothing, because nothing but a judged address is ever dialled, and <c>localhost</c> (::1 and 127.0.0.1) works
/// where only 127.0.0.0/8 is allowed.
/// </remarks>
internal sealed class EgressDialler(Func<EgressRules> rules, NameResolver names, SocketBound sockets, PosternMeter meter, ILogger<EgressDialler> logger)
{
    public static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    // An answer may hold thousands of addresses; nobody is called by trying them all.
    private const int MaxCandidates = 4;

    /// <param name="tls">Whether TLS goes through it.</param>
    /// <param name="trace">Told how far it has come; null where nobody asks.</param>
    public async ValueTask<EgressStream> DialAsync(string host, int port, bool tls, EgressTrace? trace, CancellationToken cancellation)
    {
        var current = rules();
        trace?.Reach(EgressPhase.Queueing);
        var addresses = await ResolveAsync(host, trace, cancellation);
        var candidates = addresses.Select(AddressClassifier.Normalise).Where(address => current.MayDial(address, port, tls)).Take(MaxCandidates).ToArray();
        if (candidates.Length == 0)
        {
            throw Refuse(host, port);
        }

        trace?.Reach(EgressPhase.Connecting);
        for (var index = 0; ; index++)
        {
            var endpoint = new IPEndPoint(candidates[index], port);
            trace?.Address = endpoint.ToString();
            if (trace?.MayReach?.Invoke(endpoint.Address) == false)
            {
                throw EgressException.Busy();
            }

            try
            {
                var stream = await ConnectAsync(endpoint, tls, ConnectTimeout / candidates.Length, cancellation);
                trace?.Reach(tls ? EgressPhase.Securing : EgressPhase.Sent);
                return stream;
            }
            catch (Exception exception) when (index + 1 < candidates.Length
                && exception is SocketException or TimeoutException && !cancellation.IsCancellationRequested)
            {
                EgressLog.NextAddress(logger, endpoint, exception.Message);
            }
        }
    }

    /// <summary>Called when the handshake, if any, has ended.</summary>
    public static ValueTask<Stream> SecuredAsync(SocketsHttpPlaintextStreamFilterContext context, CancellationToken cancellation)
    {
        (context.InitialRequestMessage as EgressRequest)?.Trace.Reach(EgressPhase.Sent);
        return new(context.PlaintextStream);
    }

    private async Task<IPAddress[]> ResolveAsync(string host, EgressTrace? trace, CancellationToken cancellation)
    {
        if (IPAddress.TryParse(host, out var literal))
        {
            return [literal];
        }

        try
        {
            return await names.ResolveAsync(host, () => trace?.Reach(EgressPhase.Resolving), cancellation);
        }
        catch (SocketException exception)
        {
            throw EgressFault.OfName(exception);
        }
    }

    private async Task<EgressStream> ConnectAsync(IPEndPoint endpoint, bool tls, TimeSpan timeout, CancellationToken cancellation)
    {
        sockets.Take();
        Socket? socket = null;
        try
        {
            var proxy = rules().Proxy;
            using var share = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            share.CancelAfter(timeout);
            try
            {
                socket = proxy is null ? await DialAsync(endpoint, share.Token) : await proxy.ConnectAsync(endpoint, names, share.Token);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                throw new TimeoutException($"{endpoint} did not answer in time.");
            }

            // What counts is where the socket ended up, or what the proxy was asked for, and what the rules say now.
            var reached = proxy is null ? socket.RemoteEndPoint as IPEndPoint : endpoint;
            if (reached is null || !rules().MayDial(reached.Address, reached.Port, tls))
            {
                throw Refuse(endpoint.Address.ToString(), endpoint.Port);
            }

            return new EgressStream(socket, endpoint.ToString(), sockets);
        }
        catch
        {
            socket?.Dispose();
            sockets.Release();
            throw;
        }
    }

    private static async Task<Socket> DialAsync(IPEndPoint endpoint, CancellationToken cancellation)
    {
        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(endpoint, cancellation);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private EgressException Refuse(string host, int port)
    {
        meter.EgressRefused.Add(1);
        EgressLog.Refused(logger, host, port);
        return new EgressException(EgressFailure.Refused, EgressFault.RefusedText);
    }
}
