using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using Microsoft.Extensions.Logging;
using Postern.Configuration;
using Postern.Egress.Tls;
using Postern.Egress.Tunnels;
using Postern.Monitoring;

namespace Postern.Egress;

/// <summary>The only client for addresses that somebody else chose. Bounded in everything a receiver could make large.</summary>
internal sealed class EgressClient : IDisposable
{
    // Longer than any request may take.
    private static readonly TimeSpan Retirement = TimeSpan.FromMinutes(2);

    private readonly LiveConfiguration live;
    private readonly TimeProvider time;
    private readonly ILogger<EgressDialler> logger;
    private readonly EgressDialler dialler;
    private readonly NameResolver names;
    private readonly PosternMeter meter;
    private readonly SocketBound sockets = new(DescriptorLimit.SocketsOfCallbacks);
    private readonly CertificateAlarm alarm;
    private volatile State state;

    public EgressClient(LiveConfiguration live, ResolveAddresses resolve, PosternMeter meter, TimeProvider time, ILogger<EgressDialler> logger)
    {
        this.live = live;
        this.time = time;
        this.meter = meter;
        this.logger = logger;
        alarm = new CertificateAlarm(meter, time, logger);

        // The dialler asks for the rules as they are now: a request that waits in an old pool is held to them too.
        names = new NameResolver(resolve, meter, time);
        dialler = new EgressDialler(() => state!.Rules, names, sockets, meter, logger);
        state = Make(live.Current);
        live.Changed += Apply;
    }

    public EgressRules Rules => state.Rules;

    /// <summary>The sockets that callbacks, and the tunnels of other nodes, may have open.</summary>
    public SocketBound Sockets => sockets;

    /// <summary>A connection for another node, judged like every other.</summary>
    public ValueTask<EgressStream> DialAsync(ConnectRequest request, EgressTrace trace, CancellationToken cancellation) =>
        dialler.DialAsync(request.Host, request.Port, request.Tls, trace, cancellation);

    /// <summary>Sends a request; returns when the response's headers are there. Fails as <see cref="EgressFault.Of(Exception, EgressPhase)"/> sorts it.</summary>
    public async Task<HttpResponseMessage> SendAsync(EgressRequest request, CancellationToken cancellation)
    {
        EgressStream.Current = request.Trace;
        if (sockets.IsTight)
        {
            request.Headers.ConnectionClose = true;
        }

        var current = state;
        alarm.Watch(request.Tls, current.Egress.Authorities);
        return await current.Pools.Of(request.Tls).SendAsync(request, cancellation);
    }

    /// <summary>A secondary call whose whole answer is needed: a token, keys, a proof.</summary>
    /// <param name="maxBytes">Largest answer that is taken.</param>
    /// <param name="deadline">For all of it, from the look-up of the name to the last byte.</param>
    /// <exception cref="EgressException">There is no whole answer.</exception>
    public async Task<EgressAnswer> FetchAsync(EgressRequest request, int maxBytes, TimeSpan deadline, CancellationToken cancellation)
    {
        using var end = new CancellationTokenSource(deadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(end.Token, cancellation);
        try
        {
            using var response = await SendAsync(request, either.Token);
            return await EgressAnswer.ReadAsync(response, maxBytes, either.Token);
        }
        catch (Exception exception) when (!cancellation.IsCancellationRequested && EgressFault.Of(exception, request.Trace.Phase) is { } fault)
        {
            throw new EgressException(fault.Failure, fault.Text, exception);
        }
    }

    public void Dispose()
    {
        live.Changed -= Apply;
        state.Pools.Retire(static invoker => invoker.Dispose());
    }

    private void Apply(PosternConfiguration configuration)
    {
        var old = state;
        if (old.IsMadeFrom(configuration))
        {
            return;
        }

        // Pooled connections were judged by the old rules: they are left behind.
        state = Make(configuration);
        EgressLog.RulesChanged(logger);
        old.Pools.Retire(Retire);
    }

    private void Retire(HttpMessageInvoker invoker) => _ = RetireAsync(invoker);

    private async Task RetireAsync(HttpMessageInvoker invoker)
    {
        await Task.Delay(Retirement, time);
        invoker.Dispose();
    }

    private State Make(PosternConfiguration configuration)
    {
        var egress = configuration.Egress;
        return new State(
            EgressRules.From(configuration),
            new ConnectionPools(profile => new HttpMessageInvoker(MakeHandler(profile, egress)), Retire),
            egress.Gateway is { } gateway ? new GatewayTunnels(gateway, names, sockets, meter, time, logger) : null,
            egress, configuration.Gateway.Listen, configuration.Admin.Listen);
    }

    // Asked for at each connection: what waits in an old pool goes the way of now.
    private async ValueTask<Stream> DialAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var tls = context.InitialRequestMessage.RequestUri?.Scheme == Uri.UriSchemeHttps;
        var trace = (context.InitialRequestMessage as EgressRequest)?.Trace;
        return state.Tunnels is { } tunnels
            ? await tunnels.OpenAsync(new ConnectRequest(host, port, tls), trace, cancellation)
            : await dialler.DialAsync(host, port, tls, trace, cancellation);
    }

    private SocketsHttpHandler MakeHandler(TlsProfile profile, EgressConfiguration configuration) => new()
    {
        ConnectCallback = DialAsync,
        ConnectTimeout = configuration.Gateway is null ? EgressDialler.ConnectTimeout : GatewayTunnels.ConnectTimeout,
        PlaintextStreamFilter = EgressDialler.SecuredAsync,

        // HTTP_PROXY in the environment would carry every request past the guard; the operator's own is the dialler's.
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = null,
        MaxResponseHeadersLength = 16,
        MaxResponseDrainSize = 0,
        ResponseDrainTimeout = TimeSpan.Zero,

        // Names are resolved again at least every minute. A tunnel that is never idle is left behind sooner: a gateway that stops
        // gives it the time of an attempt and 5 s.
        PooledConnectionLifetime = TimeSpan.FromSeconds(configuration.Gateway is null ? 60 : 4),
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(90),
        SslOptions = new SslClientAuthenticationOptions
        {
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            RemoteCertificateValidationCallback = static (_, certificate, chain, errors) => EgressCertificate.Judge(certificate, chain, errors),
            CertificateChainPolicy = TrustPolicy.Of(profile, configuration.Authorities, configuration.Revocation.ToMode()),
            ClientCertificateContext = profile.Certificate?.Context,
        },
    };

    private sealed record State(EgressRules Rules, ConnectionPools Pools, GatewayTunnels? Tunnels, EgressConfiguration Egress, string Gateway, string Admin)
    {
        public bool IsMadeFrom(PosternConfiguration configuration) =>
            Egress.IsSameAs(configuration.Egress) && Gateway == configuration.Gateway.Listen && Admin == configuration.Admin.Listen;
    }
}
