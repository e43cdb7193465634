using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
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

    /// <summary><c>sqlite:PATH</c>; a relative path is relative to the directory the program was started in.</summary>
    public string Store { get; init; } = "sqlite:data/postern.db";

    /// <summary><c>embedded</c>.</summary>
    public string Hub { get; init; } = "embedded";

    /// <summary>What this process does; all roles by default.</summary>
    public IReadOnlyList<string> Roles { get; init; } = ["gateway", "subscriptions", "listener", "callbacks"];

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

public sealed record GatewayConfiguration
{
    /// <summary>Address of the gateway port; https needs <see cref="Certificate"/>.</summary>
    public string Listen { get; init; } = "http://127.0.0.1:8080";

    /// <summary>What the gateway port proves its names with, by the name that a client asks for; none where it listens on http.</summary>
    public IReadOnlyList<CertificateConfiguration> Certificate { get; init; } = [];

    /// <summary>Whether callers show certificates of their own.</summary>
    public ClientCertificatesConfiguration ClientCertificates { get; init; } = new();

    /// <summary>Largest event that can be published, and largest single event of a batch, in bytes. 1 KiB to 64 MiB.</summary>
    public long MaxEventBytes { get; init; } = 1024 * 1024;

    /// <summary>Connections at the same time; further ones wait in the listen queue. 1 to 1,000,000.</summary>
    public int MaxConnections { get; init; } = 10_000;

    /// <summary>Which addresses may call.</summary>
    public AddressesConfiguration Addresses { get; init; } = new();

    /// <summary>The proxies in front, which alone are believed when they say whom they call for.</summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; init; } = [];

    /// <summary>How long the answer to a call with an <c>Idempotency-Key</c> is kept. 1 min to 30 d.</summary>
    public TimeSpan Idempotency { get; init; } = TimeSpan.FromHours(24);
}

public sealed record AdminConfiguration
{
    /// <summary>Address of the admin port; anything but loopback needs a token or client certificates, https needs <see cref="Certificate"/>.</summary>
    public string Listen { get; init; } = "http://127.0.0.1:8081";

    /// <summary>What the admin port proves its names with, by the name that a client asks for; none where it listens on http.</summary>
    public IReadOnlyList<CertificateConfiguration> Certificate { get; init; } = [];

    /// <summary>Whether callers show certificates of their own, in place of the token.</summary>
    public ClientCertificatesConfiguration ClientCertificates { get; init; } = new();

    /// <summary>Which addresses may call.</summary>
    public AddressesConfiguration Addresses { get; init; } = new();

    /// <summary>Bearer token for the admin port; null: none is asked for.</summary>
    public string? Token { get; init; }
}

/// <summary>A certificate of a port. Its files are read with the configuration, and again when they change.</summary>
public sealed record CertificateConfiguration
{
    /// <summary>PEM: the port's own certificate, then those between it and the root. Or PKCS #12: <c>.pfx</c>, <c>.p12</c>.</summary>
    public required string Path { get; init; }

    /// <summary>The private key in PEM; null: it stands in the file of <see cref="Path"/>.</summary>
    public string? Key { get; init; }

    /// <summary>Password of an encrypted key or of the PKCS #12 file; null: none.</summary>
    public string? Password { get; init; }

    /// <summary>Host names that it is shown for; empty: those in the certificate.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>Host names that it is shown for, with a wildcard perhaps.</summary>
    internal IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>Certificate, key and chain as they were read: what a handshake takes. Null only beside a reported mistake.</summary>
    internal SslStreamCertificateContext? Loaded { get; init; }

    /// <summary>Whose the certificate is and when it is valid; null where none was read.</summary>
    internal CertificateValidity? Validity => Loaded?.TargetCertificate is { } own ? CertificateValidity.Of(own) : null;
}

/// <summary>Whose a certificate is and when it is valid.</summary>
internal sealed record CertificateValidity(string Subject, DateTimeOffset From, DateTimeOffset Until)
{
    public static CertificateValidity Of(X509Certificate2 certificate) =>
        new(certificate.Subject, certificate.NotBefore.ToUniversalTime(), certificate.NotAfter.ToUniversalTime());
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

public sealed record ApiConfiguration
{
    /// <summary>Addresses of the API: http or https, host, optional base path. One or more.</summary>
    public required IReadOnlyList<string> Upstream { get; init; }

    /// <summary>Where the API stands at the gateway; removed before a request goes upstream.</summary>
    public string Path { get; init; } = "/";

    /// <summary>Resources that can be subscribed to, by path below <see cref="Path"/>. Null: every path of the API.</summary>
    public IReadOnlyDictionary<string, ResourceConfiguration>? Resources { get; init; }

    public CaptureConfiguration Capture { get; init; } = new();

    /// <summary>Who may come in; null: whoever it is.</summary>
    public AuthConfiguration? Auth { get; init; }

    /// <summary>What holds for the callbacks of its subscriptions in place of <c>callbacks.retry</c>; null: nothing.</summary>
    public RetrySettings? Retry { get; init; }

    public ApiEgressConfiguration Egress { get; init; } = new();

    /// <summary>How much is passed on to it.</summary>
    public RouteLimitConfiguration Limits { get; init; } = new();

    /// <summary>Which addresses may call it, of those that may call at all.</summary>
    public AddressesConfiguration Addresses { get; init; } = new();

    /// <summary>How receivers show that they want the callbacks of its subscriptions; null: as <c>verification.default</c> says.</summary>
    public Verification? Verify { get; init; }

    /// <summary>Whether and how the API is asked if a consumer may read what it would be called back with; null: it is not.</summary>
    public ReadCheckConfiguration? ReadCheck { get; init; }

    public ReservedWords Words { get; init; } = new();
}

public sealed record ResourceConfiguration
{
    /// <summary>Event types and the methods that make them; null: <c>created</c>, <c>updated</c>, <c>deleted</c> by convention.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Events { get; init; }

    /// <summary>Who may come in here and below, in place of what the API says; null: as there.</summary>
    public AuthConfiguration? Auth { get; init; }

    /// <summary>Name of the field that holds a record's key in the API's JSON.</summary>
    public string KeyField { get; init; } = "id";

    /// <summary>Event types and the file with the JSON Schema of their data, for the catalogue.</summary>
    public IReadOnlyDictionary<string, string> Schemas { get; init; } = new Dictionary<string, string>();

    /// <summary>How much is passed on to it and what lies below it.</summary>
    public RouteLimitConfiguration Limits { get; init; } = new();
}

public sealed record CaptureConfiguration
{
    /// <summary>What happens to the client's response when the event cannot be staged.</summary>
    public CaptureMode Mode { get; init; } = CaptureMode.Strict;

    /// <summary>Where the event's data comes from.</summary>
    public CaptureData Data { get; init; } = CaptureData.Response;

    /// <summary>Largest body that becomes event data; a larger one is left out. 1 KiB to 64 MiB.</summary>
    public long MaxBodyBytes { get; init; } = 1024 * 1024;
}

public enum CaptureMode
{
    /// <summary>503: the client learns that its change was not announced.</summary>
    Strict = 0,

    /// <summary>The response goes out, the loss is counted and logged.</summary>
    BestEffort = 1,
}

public enum CaptureData
{
    /// <summary>The representation the API returned, or the request's when it returned none.</summary>
    Response = 0,

    /// <summary>The request's representation.</summary>
    Request = 1,

    /// <summary>None: resource and key only.</summary>
    None = 2,
}

/// <summary>The words of the gateway's own calls, for an API that has such a path itself.</summary>
public sealed record ReservedWords
{
    public string Subscribe { get; init; } = "subscribe";
    public string Unsubscribe { get; init; } = "unsubscribe";
    public string Subscriptions { get; init; } = "subscriptions";
    public string Events { get; init; } = "events";
}

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

    /// <summary>What one of its credentials lets it do.</summary>
    internal Scopes ScopesOf(CredentialConfiguration credential) => credential.Scopes is { } only ? Scopes.Shared(only) : Scopes;
}
