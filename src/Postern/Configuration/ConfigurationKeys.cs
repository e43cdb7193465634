using Postern.Configuration.Shapes;
using Postern.Configuration.Values;
using Postern.Model.Retries;
using static Postern.Configuration.Shapes.Scalars;

namespace Postern.Configuration;

/// <summary>
/// Every key of <c>postern.yaml</c>: what it means, what may stand there, where it goes. The reader and the JSON Schema are both driven by it.
/// </summary>
internal static class ConfigurationKeys
{
    private const long KiB = 1024;
    private const long MiB = 1024 * KiB;
    private static readonly TimeSpan Month = TimeSpan.FromDays(30);

    private static readonly Shape<string> Path = Text("a path such as /shop", Names.Path, pattern: Names.PathPattern);
    private static readonly Shape<string> Word = Text("a segment of a path", Names.Word, pattern: Names.WordPattern);

    private static readonly Shape<EndpointConfiguration> Endpoint = new ObjectShape<EndpointConfiguration>(
        () => new(),
        Of<EndpointConfiguration>.Key(
            "rate",
            "Attempts started at this endpoint per second. 1 to 100000.",
            Integer(1, 100_000), (to, value) => to with { Rate = value }),
        Of<EndpointConfiguration>.Key(
            "concurrency",
            "Attempts under way at this endpoint at the same time. 1 to 1000.",
            Integer(1, 1_000), (to, value) => to with { Concurrency = value }));

    private static readonly Shape<CallbacksConfiguration> Callbacks = new ObjectShape<CallbacksConfiguration>(
        () => new(),
        Of<CallbacksConfiguration>.Key(
            "timeout",
            "From the start of an attempt to the end of its response. 1s to 60s.",
            Duration(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60)),
            (to, value) => to with { Timeout = value }, from => from.Timeout),
        Of<CallbacksConfiguration>.Key(
            "retry",
            "When a callback that failed is tried again, and for how long.",
            RetryKeys.Shape(new CallbacksConfiguration().Retry), (to, value) => to with { Retry = value }),
        Of<CallbacksConfiguration>.Key(
            "concurrency",
            "Attempts under way at one endpoint at the same time. 1 to 1000.",
            Integer(1, 1_000), (to, value) => to with { Concurrency = value }, from => from.Concurrency),
        Of<CallbacksConfiguration>.Key(
            "rate",
            "Attempts started at one endpoint per second; without it there is no limit. A receiver's WebHook-Allowed-Rate holds where it is lower. 1 to 100000.",
            Integer(1, 100_000), (to, value) => to with { Rate = value }),
        Of<CallbacksConfiguration>.Key(
            "endpoints",
            "What holds for single endpoints in place of that, by scheme, host and port: https://example.com:443.",
            new MapShape<EndpointConfiguration>(Addresses.EndpointPattern, Addresses.Endpoint, Endpoint),
            (to, value) => to with { Endpoints = value }),
        Of<CallbacksConfiguration>.Key(
            "hosts",
            "What one host gets at most, by whatever names, ports and subscriptions: counted by host name and by the address that is dialled.",
            LimitKeys.Host, (to, value) => to with { Hosts = value }),
        Of<CallbacksConfiguration>.Key(
            "secretOverlap",
            "How long a replaced secret goes on signing beside the new one. 0s to 30d.",
            Duration(TimeSpan.Zero, Month), (to, value) => to with { SecretOverlap = value }, from => from.SecretOverlap),
        Of<CallbacksConfiguration>.Key(
            "disableAfter",
            "A subscription whose attempts have all failed for so long is disabled, where it was tried throughout. 1m to 365d, or never.",
            DurationOrNever(TimeSpan.FromMinutes(1), TimeSpan.FromDays(365)),
            (to, value) => to with { DisableAfter = value }, from => from.DisableAfter),
        Of<CallbacksConfiguration>.Key(
            "unhealthyAfter",
            "A subscription that has failed for so long is announced as failing (postern.subscription.failing), and its recovery too. 0s to 30d.",
            Duration(TimeSpan.Zero, Month), (to, value) => to with { UnhealthyAfter = value }, from => from.UnhealthyAfter));

    private static readonly Shape<TimeSpan?> Age = DurationOrNever(TimeSpan.FromHours(1), TimeSpan.FromDays(3650));

    private static readonly Shape<RetentionConfiguration> Retention = new ObjectShape<RetentionConfiguration>(
        () => new(),
        Of<RetentionConfiguration>.Key(
            "events",
            "How long events are kept; one that is still owed, or dead and kept for replay, is kept longer. 1h to 3650d, or never.",
            Age, (to, value) => to with { Events = value }, from => from.Events),
        Of<RetentionConfiguration>.Key(
            "attempts",
            "How long the history of attempts is kept. 1h to 3650d, or never.",
            Age, (to, value) => to with { Attempts = value }, from => from.Attempts),
        Of<RetentionConfiguration>.Key(
            "dead",
            "How long dead callbacks are kept for replay after their last attempt. 1h to 3650d, or never.",
            Age, (to, value) => to with { Dead = value }, from => from.Dead),
        Of<RetentionConfiguration>.Key(
            "jobs",
            "How long finished jobs and reports of erasures are kept. 1h to 3650d, or never.",
            Age, (to, value) => to with { Jobs = value }, from => from.Jobs),
        Of<RetentionConfiguration>.Key(
            "audit",
            "How long the audit log says who changed what. 1h to 3650d, or never.",
            Age, (to, value) => to with { Audit = value }, from => from.Audit),
        Of<RetentionConfiguration>.Key(
            "maxBytes",
            "Size of the store above which the oldest attempts go, then the oldest events that nobody is owed, whatever their age. "
            + "16MiB to 1024GiB; without it there is no limit.",
            Size(16 * MiB, 1024 * 1024 * MiB), (to, value) => to with { MaxBytes = value }));

    private static readonly Shape<ResourceConfiguration> Resource = new ObjectShape<ResourceConfiguration>(
        () => new(),
        Of<ResourceConfiguration>.Key(
            "events",
            "Event types and the methods that make them (POST, PUT, PATCH, DELETE). Without it: created, updated, deleted below the "
            + "path's own name.",
            new MapShape<IReadOnlyList<string>>(Names.EventTypePattern, Names.EventType, new ListShape<string>(Text("a method such as POST", Names.Method), 4, orOne: true))
                {
                    WhenNothing = "is empty: give event types and their methods, or remove the key for the types by convention.",
                },
            (to, value) => to with { Events = value }),
        Of<ResourceConfiguration>.Key(
            "auth",
            "Who may come in at this path and below; what is not given is as the API has it.",
            AuthKeys.Auth, (to, value) => to with { Auth = value }),
        Of<ResourceConfiguration>.Key(
            "keyField",
            "Name of the field that holds a record's key in the API's JSON.",
            Text("the name of a field"), (to, value) => to with { KeyField = value }, from => from.KeyField),
        Of<ResourceConfiguration>.Key(
            "schemas",
            "Event types and the file with the JSON Schema of their data, for the catalogue. Relative to this file.",
            new MapShape<string>(Names.EventTypePattern, Names.EventType, SchemaFile()),
            (to, value) => to with { Schemas = value }),
        Of<ResourceConfiguration>.Key(
            "limits",
            "How much is passed on to it and what lies below it.",
            LimitKeys.Route, (to, value) => to with { Limits = value }));

    private static readonly Shape<CaptureConfiguration> Capture = new ObjectShape<CaptureConfiguration>(
        () => new(),
        Of<CaptureConfiguration>.Key(
            "mode",
            "What a client gets when its change went through but could not be kept as an event: strict (503) or best-effort (its "
            + "response, and a counted alarm).",
            OneOf(("strict", CaptureMode.Strict), ("best-effort", CaptureMode.BestEffort)),
            (to, value) => to with { Mode = value }, from => from.Mode),
        Of<CaptureConfiguration>.Key(
            "data",
            "Where the event's data comes from: response (the request's where the API returned none), request, or none.",
            OneOf(("response", CaptureData.Response), ("request", CaptureData.Request), ("none", CaptureData.None)),
            (to, value) => to with { Data = value }, from => from.Data),
        Of<CaptureConfiguration>.Key(
            "maxBodyBytes",
            "Largest body that becomes event data; a larger one is left out. 1KiB to 64MiB.",
            Size(KiB, 64 * MiB), (to, value) => to with { MaxBodyBytes = value }, from => from.MaxBodyBytes));

    private static readonly Shape<ReservedWords> Words = new ObjectShape<ReservedWords>(
        () => new(),
        Of<ReservedWords>.Key(
            "subscribe",
            "Word of POST /{resource}/subscribe.",
            Word, (to, value) => to with { Subscribe = value }, from => from.Subscribe),
        Of<ReservedWords>.Key(
            "unsubscribe",
            "Word of POST /{resource}/unsubscribe.",
            Word, (to, value) => to with { Unsubscribe = value }, from => from.Unsubscribe),
        Of<ReservedWords>.Key(
            "subscriptions",
            "Word of /{resource}/subscriptions.",
            Word, (to, value) => to with { Subscriptions = value }, from => from.Subscriptions),
        Of<ReservedWords>.Key(
            "events",
            "Word of /{resource}/events.",
            Word, (to, value) => to with { Events = value }, from => from.Events));

    private static readonly Shape<ApiConfiguration> Api = new ObjectShape<ApiConfiguration>(
        () => new() { Upstream = [] },
        Of<ApiConfiguration>.Required(
            "upstream",
            "Address of the API, or a list of addresses of its instances: http or https, host, optional base path.",
            PortKeys.Upstreams, (to, value) => to with { Upstream = value }),
        Of<ApiConfiguration>.Key(
            "path",
            "Where the API stands at the gateway; removed before a request goes upstream.",
            Path, (to, value) => to with { Path = value }, from => from.Path),
        Of<ApiConfiguration>.Key(
            "resources",
            "Resources that can be subscribed to, by path below the API's path; /customers/{customer}/orders for one below every "
            + "record. Without it: every path of the API.",
            new MapShape<ResourceConfiguration>(Names.ResourcePattern, Names.Resource, Resource)
                {
                    WhenNothing = "is empty: list paths, or write {} for none, or remove the key for every path of the API.",
                },
            (to, value) => to with { Resources = value }),
        Of<ApiConfiguration>.Key(
            "capture",
            "How changes that go through the gateway become events.",
            Capture, (to, value) => to with { Capture = value }),
        Of<ApiConfiguration>.Key(
            "auth",
            "Who may come in at the API.",
            AuthKeys.Auth, (to, value) => to with { Auth = value }),
        Of<ApiConfiguration>.Key(
            "retry",
            "What holds for the callbacks of its subscriptions in place of callbacks.retry; what is not given is as there.",
            RetryKeys.Shape(new RetrySettings()), (to, value) => to with { Retry = value }),
        Of<ApiConfiguration>.Key(
            "egress",
            "How its subscriptions' callbacks meet their receivers.",
            EgressKeys.OfApi, (to, value) => to with { Egress = value }),
        Of<ApiConfiguration>.Key(
            "limits",
            "How much is passed on to it.",
            LimitKeys.Route, (to, value) => to with { Limits = value }),
        Of<ApiConfiguration>.Key(
            "addresses",
            "Which addresses may call it, subscriptions to it included, of those that may call at all.",
            AddressKeys.Lists, (to, value) => to with { Addresses = value }),
        Of<ApiConfiguration>.Key(
            "verify",
            "How receivers show that they want the callbacks of its subscriptions, in place of verification.default.",
            VerificationKeys.Kind, (to, value) => to with { Verify = value }),
        Of<ApiConfiguration>.Key(
            "readCheck",
            "Ask the API whether a consumer may read what it would be called back with, when it subscribes and at each callback. {} for the defaults; without it nobody is asked.",
            ReadCheckKeys.Shape, (to, value) => to with { ReadCheck = value }),
        Of<ApiConfiguration>.Key(
            "answerHeaders",
            "Headers that its answers get where it does not send them itself. Without it: X-Content-Type-Options: nosniff; {} for none.",
            AnswerKeys.OfApi, (to, value) => to with { AnswerHeaders = value }),
        Of<ApiConfiguration>.Key(
            "words",
            "Other words for the gateway's own calls, for an API that has such a path itself.",
            Words, (to, value) => to with { Words = value }));

    /// <summary>The whole document.</summary>
    public static Shape<PosternConfiguration> Document { get; } = new ObjectShape<PosternConfiguration>(
        () => new(),
        Of<PosternConfiguration>.Key(
            "gateway",
            "The port that callers use.",
            PortKeys.Gateway, (to, value) => to with { Gateway = value }),
        Of<PosternConfiguration>.Key(
            "admin",
            "The port for those who run it: API, metrics, health.",
            PortKeys.Admin, (to, value) => to with { Admin = value }),
        Of<PosternConfiguration>.Key(
            "limits",
            "How much the gateway port takes.",
            LimitKeys.All, (to, value) => to with { Limits = value }),
        Of<PosternConfiguration>.Key(
            "store",
            "What keeps everything durably: sqlite:PATH, relative to the directory the program was started in, or postgres://USER:PASSWORD@HOST:5432/DATABASE, a database of its own (parameters sslmode, sslrootcert, sslcert, sslkey, connect_timeout). Needs a restart.",
            Text("sqlite:PATH or postgres://…", Platform.Store, pattern: "^(sqlite:.|postgres(ql)?://.)"),
            (to, value) => to with { Store = value }, from => from.Store),
        Of<PosternConfiguration>.Key(
            "hub",
            "What hands due callbacks to the workers: embedded, or RabbitMQ by its address or in full. Needs a restart.",
            HubKeys.Shape, (to, value) => to with { Hub = value }, from => from.Hub),
        Of<PosternConfiguration>.Key(
            "roles",
            "What this process does; all of it by default. Fewer need a PostgreSQL store, and listener without callbacks a hub at RabbitMQ. The dashboard has no page in this version. Needs a restart.",
            new ListShape<string>(Text("a role", Platform.Role, choices: Role.All), 10, orOne: true),
            (to, value) => to with { Roles = value }, from => from.Roles),
        Of<PosternConfiguration>.Key(
            "identity",
            "Who makes callers' tokens, and how APIs are told who calls.",
            AuthKeys.Identity, (to, value) => to with { Identity = value }),
        Of<PosternConfiguration>.Key(
            "egress",
            "What callbacks, and everything else that is dialled for others, may go to, and how.",
            EgressKeys.Shape, (to, value) => to with { Egress = value }),
        Of<PosternConfiguration>.Key(
            "callbacks",
            "How callbacks are sent and retried.",
            Callbacks, (to, value) => to with { Callbacks = value }),
        Of<PosternConfiguration>.Key(
            "verification",
            "How receivers show that they want callbacks before they get any.",
            VerificationKeys.Shape, (to, value) => to with { Verification = value }),
        Of<PosternConfiguration>.Key(
            "retention",
            "How long what happened is kept: never means that it does not expire.",
            Retention, (to, value) => to with { Retention = value }),
        Of<PosternConfiguration>.Key(
            "secrets",
            "How secrets are kept in the store.",
            SecretKeys.Shape, (to, value) => to with { Secrets = value }),
        Of<PosternConfiguration>.Key(
            "apis",
            "The APIs behind the gateway, by name. One at least.",
            new MapShape<ApiConfiguration>(Names.NamePattern, Names.Name, Api), (to, value) => to with { Apis = value }),
        Of<PosternConfiguration>.Key(
            "consumers",
            "Who may call, by name. Without any, callers are anonymous, on loopback only.",
            new MapShape<ConsumerConfiguration>(Names.NamePattern, Names.ConsumerName, CredentialKeys.Consumer),
            (to, value) => to with { Consumers = value }));
}
