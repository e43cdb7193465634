using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Postern.Configuration;
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
    private readonly SocketBound sockets = new(DescriptorLimit.SocketsOfCallbacks);
    private volatile State state;

    public EgressClient(LiveConfiguration live, ResolveAddresses resolve, PosternMeter meter, TimeProvider time, ILogger<EgressDialler> logger)
    {
        this.live = live;
        this.time = time;
        this.logger = logger;

        // The dialler asks for the rules as they are now: a request that waits in an old pool is held to them too.
        dialler = new EgressDialler(() => state!.Rules, new NameResolver(resolve, meter, time), sockets, meter, logger);
        state = Make(live.Current);
        live.Changed += Apply;
    }

    public EgressRules Rules => state.Rules;

    /// <summary>Sends a request; returns when the response's headers are there. Fails as <see cref="EgressFault.Of(Exception, EgressPhase)"/> sorts it.</summary>
    public async Task<HttpResponseMessage> SendAsync(EgressRequest request, CancellationToken cancellation)
    {
        EgressStream.Current = request.Trace;
        if (sockets.IsTight)
        {
            request.Headers.ConnectionClose = true;
        }

        return await state.Invoker.SendAsync(request, cancellation);
    }

    public void Dispose()
    {
        live.Changed -= Apply;
        state.Invoker.Dispose();
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
        _ = RetireAsync(old.Invoker);
    }

    private async Task RetireAsync(HttpMessageInvoker invoker)
    {
        await Task.Delay(Retirement, time);
        invoker.Dispose();
    }

    private State Make(PosternConfiguration configuration) => new(
        EgressRules.From(configuration), new HttpMessageInvoker(MakeHandler(dialler)),
        [.. configuration.Egress.Allow], configuration.Gateway.Listen, configuration.Admin.Listen);

    private static SocketsHttpHandler MakeHandler(EgressDialler dialler) => new()
    {
        ConnectCallback = dialler.DialAsync,
        ConnectTimeout = EgressDialler.ConnectTimeout,
        PlaintextStreamFilter = EgressDialler.SecuredAsync,

        // HTTP_PROXY in the environment would carry every request past the guard.
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = null,
        MaxResponseHeadersLength = 16,
        MaxResponseDrainSize = 0,
        ResponseDrainTimeout = TimeSpan.Zero,

        // Names are resolved again at least every minute.
        PooledConnectionLifetime = TimeSpan.FromSeconds(60),
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(90),
        SslOptions = new SslClientAuthenticationOptions
        {
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            RemoteCertificateValidationCallback = static (_, certificate, chain, errors) => EgressCertificate.Judge(certificate, chain, errors),

            // A certificate names the URLs of its issuer and of its revocation list: fetching them would dial past the guard.
            CertificateChainPolicy = new X509ChainPolicy { DisableCertificateDownloads = true, RevocationMode = X509RevocationMode.NoCheck },
        },
    };

    private sealed record State(EgressRules Rules, HttpMessageInvoker Invoker, string[] Allow, string Gateway, string Admin)
    {
        public bool IsMadeFrom(PosternConfiguration configuration) =>
            Allow.SequenceEqual(configuration.Egress.Allow) && Gateway == configuration.Gateway.Listen && Admin == configuration.Admin.Listen;
    }
}
