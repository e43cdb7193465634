using Postern.Configuration;
using Postern.Gateway.Identity;
using Postern.Gateway.Pipeline;
using Postern.Gateway.Proxy;
using Postern.Monitoring;

namespace Postern.Gateway.Dispatch;

/// <summary>One configuration, ready to serve calls. A call takes one and keeps it.</summary>
internal sealed class GatewaySnapshot
{
    private readonly ApiRoute[] apis;

    public GatewaySnapshot(PosternConfiguration configuration, Upstreams upstreams, IReadOnlyList<CredentialScheme> schemes, CredentialUses uses, Draining draining)
    {
        Configuration = configuration;
        Identification = new Identification(schemes, uses, everybody: configuration.TakesAnybody);
        AnswerStart = new AnswerStart(configuration.Gateway, draining);
        PassesOn = configuration.Does(Role.Gateway);
        // The longest path first: it is the one that a call belongs to.
        apis = [.. configuration.Apis.Select(api => new ApiRoute(api.Key, api.Value, upstreams)).OrderByDescending(static api => api.Prefix.Length)];
    }

    public PosternConfiguration Configuration { get; }

    public Identification Identification { get; }

    public AnswerStart AnswerStart { get; }

    /// <summary>What is no call of ours goes to the APIs; else it is refused.</summary>
    public bool PassesOn { get; }

    public ApiRoute? FindApi(ReadOnlySpan<string> segments)
    {
        foreach (var api in apis)
        {
            if (api.Holds(segments))
            {
                return api;
            }
        }

        return null;
    }
}

/// <summary>Gives the snapshot of the configuration that runs now, made once per configuration.</summary>
internal sealed class GatewaySnapshots(
    LiveConfiguration live, Upstreams upstreams, CredentialSchemes schemes, CredentialUses uses, Draining draining)
{
    private readonly Lock gate = new();
    private volatile GatewaySnapshot? current;

    public GatewaySnapshot Current
    {
        get
        {
            var configuration = live.Current;
            var snapshot = current;
            return ReferenceEquals(snapshot?.Configuration, configuration) ? snapshot! : Make();
        }
    }

    private GatewaySnapshot Make()
    {
        lock (gate)
        {
            var configuration = live.Current;
            if (current is { } made && ReferenceEquals(made.Configuration, configuration))
            {
                return made;
            }

            return current = new GatewaySnapshot(configuration, upstreams, schemes.Make(configuration), uses, draining);
        }
    }
}
