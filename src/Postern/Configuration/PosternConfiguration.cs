using Postern.Model;
using Postern.Model.Access;
using Postern.Model.Retries;

namespace Postern.Configuration;

/// <summary>What <c>postern.yaml</c> says, with every reference to a secret resolved: one immutable snapshot.</summary>
public sealed record PosternConfiguration
{
    public GatewayConfiguration Gateway { get; init; } = new();

    public AdminConfiguration Admin { get; init; } = new();

    /// <summary>How much the gateway port takes.</summary>
    public LimitsConfiguration Limits { get; init; } = new();

    /// <summary><c>sqlite:PATH</c>, a relative path is relative to the directory the program was started in; or <c>postgres://…</c>, with its password.</summary>
    public string Store { get; init; } = "sqlite:data/postern.db";

    /// <summary>The embedded hub, or RabbitMQ.</summary>
    public HubConfiguration Hub { get; init; } = new();

    /// <summary>What this process does; all roles by default.</summary>
    public IReadOnlyList<string> Roles { get; init; } = Role.Needed;

    public EgressConfiguration Egress { get; init; } = new();

    public CallbacksConfiguration Callbacks { get; init; } = new();

    public VerificationConfiguration Verification { get; init; } = new();

    public RetentionConfiguration Retention { get; init; } = new();

    public SecretsConfiguration Secrets { get; init; } = new();

    /// <summary>The APIs by name.</summary>
    public IReadOnlyDictionary<string, ApiConfiguration> Apis { get; init; } = new Dictionary<string, ApiConfiguration>();

    public IdentityConfiguration Identity { get; init; } = new();

    /// <summary>The consumers by name; empty: callers are anonymous, on loopback only.</summary>
    public IReadOnlyDictionary<string, ConsumerConfiguration> Consumers { get; init; } = new Dictionary<string, ConsumerConfiguration>();

    /// <summary>Consumers were made by the admin API once: removing the last of them must not let everybody in.</summary>
    internal bool WereConsumersStored { get; init; }

    /// <summary>Nobody is asked who it is.</summary>
    internal bool TakesAnybody => Consumers.Count == 0 && !WereConsumersStored;
}

/// <summary>How long what happened is kept. Null: for ever. What is owed is kept however old it is. Each 1 h to 3650 d.</summary>
public sealed record RetentionConfiguration
{
    /// <summary>From staged on. An event that is owed to anybody, dead callbacks included, is kept beyond it.</summary>
    public TimeSpan? Events { get; init; } = TimeSpan.FromDays(30);

    public TimeSpan? Attempts { get; init; } = TimeSpan.FromDays(30);

    /// <summary>From the last attempt on.</summary>
    public TimeSpan? Dead { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Finished jobs and reports of erasures, from their end on.</summary>
    public TimeSpan? Jobs { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Entries of the audit log.</summary>
    public TimeSpan? Audit { get; init; } = TimeSpan.FromDays(365);

    /// <summary>Bytes in use above which the oldest history goes, whatever its age; null: no limit. 16 MiB to 1 TiB.</summary>
    public long? MaxBytes { get; init; }
}

public sealed record CallbacksConfiguration
{
    /// <summary>From the start of an attempt to the end of its response. 1 s to 60 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>When a callback that failed is tried again; an API and a subscription can say otherwise.</summary>
    public RetrySettings Retry { get; init; } = new()
    {
        Schedule = RetryPolicy.Default.Schedule, GiveUpAfter = RetryPolicy.Default.GiveUpAfter, Jitter = RetryPolicy.Default.Jitter,
    };

    /// <summary>Attempts under way at one endpoint at the same time. 1 to 1,000.</summary>
    public int Concurrency { get; init; } = 64;

    /// <summary>Attempts started at one endpoint per second; null: no limit. 1 to 100,000.</summary>
    public int? Rate { get; init; }

    /// <summary>What holds for single endpoints, by name: <c>https://example.com:443</c>.</summary>
    public IReadOnlyDictionary<string, EndpointConfiguration> Endpoints { get; init; } = new Dictionary<string, EndpointConfiguration>();

    /// <summary>What one host gets at most, whatever names it: by its name, and by each address that is dialled.</summary>
    public LimitConfiguration Hosts { get; init; } = new();

    // An endpoint alone keeps within what its host gets: it need not be told so callback by callback.
    internal int ConcurrencyOf(string endpoint) =>
        Math.Min(Endpoints.GetValueOrDefault(endpoint)?.Concurrency ?? Concurrency, Hosts.Concurrency ?? int.MaxValue);

    internal double RateOf(string endpoint) => Math.Min(
        Endpoints.GetValueOrDefault(endpoint)?.Rate ?? Rate ?? double.PositiveInfinity, Hosts.Tokens?.PerSecond ?? double.PositiveInfinity);

    /// <summary>How long a replaced secret goes on signing beside the new one. 0 s to 30 d.</summary>
    public TimeSpan SecretOverlap { get; init; } = TimeSpan.FromHours(24);

    /// <summary>A subscription that has failed for so long, however often it was tried, is disabled. 1 min to 365 d; null: never.</summary>
    public TimeSpan? DisableAfter { get; init; } = TimeSpan.FromDays(5);

    /// <summary>A subscription that has failed for so long is announced as failing, and its recovery as well. 0 s to 30 d.</summary>
    public TimeSpan UnhealthyAfter { get; init; } = TimeSpan.FromMinutes(5);
}

/// <summary>How receivers show that they want callbacks before they get any.</summary>
public sealed record VerificationConfiguration
{
    /// <summary>What holds where an API says nothing else. For what is made, changed or resumed from then on.</summary>
    public Verification Default { get; init; } = Verification.None;

    /// <summary>How long a consent counts; it is asked for again when four fifths are over. 1 h to 365 d.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromDays(30);

    /// <summary>DNS name that receivers consent to by handshake, <c>WebHook-Request-Origin</c> (CloudEvents webhook 1.0, §4.1.1); null where none is used.</summary>
    public string? Origin { get; init; }
}

/// <summary>What holds for one endpoint in place of what holds for all.</summary>
public sealed record EndpointConfiguration
{
    /// <summary>Attempts started per second; null: as for all. 1 to 100,000.</summary>
    public int? Rate { get; init; }

    /// <summary>Attempts under way at the same time; null: as for all. 1 to 1,000.</summary>
    public int? Concurrency { get; init; }
}

public sealed record SecretsConfiguration
{
    /// <summary>32 bytes in base64 that encrypt what must stay secret in the store; null: made at first start and kept beside the store in <c>postern.key</c>.</summary>
    public string? Key { get; init; }

    /// <summary>Keys that encrypt; all open what was encrypted with them, the first encrypts anew. Before <see cref="Key"/> and the file. At most 20.</summary>
    public IReadOnlyList<SecretKeyConfiguration> Keys { get; init; } = [];
}

/// <param name="Id">Its name for operators.</param>
/// <param name="Key">32 bytes in base64.</param>
public sealed record SecretKeyConfiguration(string Id, string Key);

public sealed record ConsumerConfiguration
{
    /// <summary>One or more; no two consumers share one.</summary>
    public IReadOnlyList<CredentialConfiguration> Credentials { get; init; } = [];

    /// <summary>What it may do; its own subscriptions and no publishing unless said otherwise.</summary>
    public Scopes Scopes { get; init; } = Scopes.Usual;

    /// <summary>May see what the gateway announces about the subscriptions of every consumer.</summary>
    public bool Operator { get; init; }

    /// <summary>How much it may ask, in place of <see cref="LimitsConfiguration.Consumer"/>.</summary>
    public ConsumerLimitConfiguration Limits { get; init; } = new();

    /// <summary>When the admin API made it; null for one of the file.</summary>
    internal DateTimeOffset? StoredSince { get; init; }

    /// <summary>What one of its credentials lets it do.</summary>
    internal Scopes ScopesOf(CredentialConfiguration credential) => credential.Scopes is { } only ? Scopes.Shared(only) : Scopes;
}
