using Microsoft.AspNetCore.Http;
using Postern.Model;
using Postern.Monitoring.Consumers;
using Postern.Operations;

namespace Postern.Monitoring;

/// <summary>Every call of the admin port.</summary>
internal static class AdminTable
{
    public static AdminOperations Create(
        AdminApi api, AdminReplay replay, AdminJobs jobs, AdminErase erase, AdminSubscriptions subscriptions, AdminHealth health,
        AdminAudit audit, AdminHub hub, AdminSecretKeys secretKeys, AdminConsumers consumers, AdminCredentials credentials,
        RequestDelegate metrics, RequestDelegate openApi) => new(
    [
        List<StoredEvent>("listEvents", "/api/events", "Events", "Lists events, newest first", api.ListEvents,
            Filter("type", "Exactly this `type`."), Filter("source", "Exactly this `source`."), Filter("subject", "Exactly this `subject`.")),
        Read<StoredEvent>("readEvent", "/api/events/{id}", "Events", "Reads one event with its data", api.ReadEvent),
        List<SubscriptionReport>("listAllSubscriptions", "/api/subscriptions", "Administration", "Lists the subscriptions of all consumers", api.ListSubscriptions,
            Filter("consumer", "Name of the owner."), Filter("resource", "Exactly this resource."), Choice<SubscriptionState>("state"),
            Filter("callback", "Exactly this URL.")),
        Read<SubscriptionReport>("readAnySubscription", "/api/subscriptions/{id}", "Administration", "Reads one subscription", api.ReadSubscription),
        Read<SubscriptionHealthReport>("readAnySubscriptionHealth", "/api/subscriptions/{id}/health", "Administration",
            "Reads whether the endpoint of a subscription is up, since when not and why", subscriptions.ReadHealth),
        ChangeSubscription("disableSubscription", "/api/subscriptions/{id}/disable", "Disables a subscription",
            "It takes no events and sends no callbacks until it is enabled here: its consumer cannot resume it. Announced as `postern.subscription.disabled`.",
            subscriptions.Disable) with { Request = typeof(DisableRequest), RequestRequired = false },
        ChangeSubscription("enableSubscription", "/api/subscriptions/{id}/enable", "Enables a subscription that was disabled or is gone",
            "It takes events from then on. Asked again, it answers the same.", subscriptions.Enable),
        Job("replayAnySubscription", "POST", "/api/subscriptions/{id}/replay", "Sends events to a subscription again",
            "As its consumer can; without a body, all that were given up.", context => jobs.ReplaySubscription(context, Id(context)), typeof(ReplayRequest)) with
        {
            RequestRequired = false,
        },
        List<OwedCallback>("listCallbacks", "/api/callbacks", "Administration", "Lists callbacks that are owed or dead", api.ListCallbacks,
            Choice<CallbackState>("state"), Filter("subscription", "Id of the subscription.")),
        new Operation
        {
            Id = "replayCallback", Method = "POST", Path = "/api/callbacks/{id}/replay", Tag = "Administration", Summary = "Owes one dead callback again, at once",
            Responses =
            [
                new OperationResponse(202, "Owed again, on disk and with the hub.", typeof(OwedCallback)), Refused, NoToken, NotFound,
                Problem(409, "Its subscription has ended."), Unavailable,
            ],
            Handle = context => replay.Callback(context, Id(context)),
        },
        List<AttemptReport>("listAttempts", "/api/attempts", "Administration", "Lists attempts, newest first", api.ListAttempts,
            Filter("subscription", "Id of the subscription."), Filter("event", "Id of the event."), Choice<AttemptOutcome>("outcome")),
        List<EndpointReport>("listEndpoints", "/api/endpoints", "Administration", "Lists the endpoints and how their lanes stand, by name", api.ListEndpoints),
        Job("replayEndpoint", "POST", "/api/endpoints/replay", "Sends the dead callbacks of an endpoint again",
            "Those of every subscription whose callback goes there and that has not ended.", jobs.ReplayEndpoint, typeof(EndpointReplayRequest)),
        List<JobReport>("listJobs", "/api/jobs", "Administration", "Lists the replays, newest first", jobs.List,
            Choice<JobState>("state"), Filter("subscription", "Id of the one subscription they are for.")),
        Job("createJob", "POST", "/api/jobs", "Sends again what a subscription, an endpoint or all were not given",
            "Each step and how far the job is are one commit: after a crash it goes on where it was.", jobs.Create, typeof(JobOrder)),
        Read<JobReport>("readJob", "/api/jobs/{id}", "Administration", "Reads how far a replay is", jobs.Read),
        ChangeJob("cancelJob", "DELETE", "/api/jobs/{id}", "Cancels a replay", "What it has made owed so far is sent all the same. One that has ended stays as it is.", jobs.Cancel),
        ChangeJob("pauseJob", "POST", "/api/jobs/{id}/pause", "Pauses a replay", null, jobs.Pause),
        ChangeJob("resumeJob", "POST", "/api/jobs/{id}/resume", "Resumes a replay that is paused", null, jobs.Resume),
        List<ConsumerReport>("listConsumers", "/api/consumers", "Administration", "Lists the consumers, those of the file and those made here, by name", consumers.List),
        Read<ConsumerReport>("readConsumer", "/api/consumers/{id}", "Administration", "Reads one consumer", consumers.Read),
        ChangeConsumer("createConsumer", "POST", "/api/consumers", "Makes a consumer",
            "It has no credentials yet. From the first consumer on, callers without credentials are refused, also when the last one is removed again.",
            new OperationResponse(201, "The consumer; `Location` is its path.", typeof(ConsumerReport)), consumers.Create, typeof(NewConsumer)),
        ChangeConsumer("changeConsumer", "PATCH", "/api/consumers/{id}", "Changes what a consumer may do", "Holds for every call that comes after the answer.",
            new OperationResponse(200, "The consumer as it stands now.", typeof(ConsumerReport)), context => consumers.Change(context, Id(context)), typeof(ConsumerPatch)),
        ChangeConsumer("deleteConsumer", "DELETE", "/api/consumers/{id}", "Removes a consumer",
            "Its credentials are refused, its subscriptions are removed, and no callback is started for them after the answer. What is known of its past stays: see `/api/erase`.",
            new OperationResponse(204, "It is gone."), context => consumers.Remove(context, Id(context))),
        List<CredentialReport>("listCredentials", "/api/consumers/{id}/credentials", "Administration", "Lists the credentials of a consumer, without their secrets",
            (context, query) => credentials.List(context, Id(context), query)),
        ChangeConsumer("addCredential", "POST", "/api/consumers/{id}/credentials", "Gives a consumer another credential",
            "A key is made by the gateway, and shown in this answer and nowhere else: only its SHA-256 is kept. Of a password a slow hash is kept. A public key is given, and its private one stays where it is.",
            new OperationResponse(201, "The credential, with its key; `Location` is its path.", typeof(MadeCredential)),
            context => credentials.Add(context, Id(context)), typeof(NewCredential)),
        ChangeConsumer("rotateCredential", "POST", "/api/consumers/{id}/credentials/{credential}/rotate", "Replaces a key or a password",
            "The new one is taken at once, the replaced one beside it until `overlap` is over: one password, that before the last. A key is made by the gateway and gets an id of its own; a new "
            + "password is given in `password`, and stands under the id and user name of the old one. Expiry is not taken over.",
            new OperationResponse(200, "The new credential, with its key where it is one.", typeof(MadeCredential)),
            context => credentials.Rotate(context, Id(context), Credential(context)), typeof(CredentialRotation)) with { RequestRequired = false },
        ChangeConsumer("deleteCredential", "DELETE", "/api/consumers/{id}/credentials/{credential}", "Removes a credential",
            "No call with it comes in after the answer.",
            new OperationResponse(204, "It is gone."), context => credentials.Remove(context, Id(context), Credential(context))),
        Get("readConfiguration", "/api/configuration", "Administration", "Reads what runs, and the last refused change", api.ReadConfiguration,
            new OperationResponse(200, "The configuration, with every secret masked.", typeof(ConfigurationReport))),
        Get("readHub", "/api/hub", "Administration", "Reads whether the hub takes and hands out callbacks, since when not and why", hub.Read,
            new OperationResponse(200, "The hub.", typeof(HubReport))),
        new Operation
        {
            Id = "erase", Method = "POST", Path = "/api/erase", Tag = "Administration", Summary = "Erases what is known about a subject, or of a consumer",
            Description = "By `subject`, with or without `source`: the events, what is still owed for them, and their attempts. By `consumer`: its subscriptions, what they are "
                + "owed, their attempts, the answers kept for its idempotency keys, and the events whose audience is that consumer alone. Callbacks that are still owed are not sent any "
                + "more. The order is on disk with the answer and goes on after a restart; read the report at `Location`.",
            Request = typeof(EraseRequest), Handle = erase.Order,
            Responses =
            [
                new OperationResponse(202, "It is carried out from now on; `Location` is its report.", typeof(ErasureReport)),
                Problem(400, "The body is not a JSON object with these fields."), Refused, NoToken, Problem(422, "Say one of `subject` and `consumer`."), Unavailable,
            ],
        },
        List<AuditReport>("listAudit", "/api/audit", "Administration", "Lists who changed what, newest first", audit.List,
            Filter("actor", "`operator`, `gateway` or `consumer:NAME`."), Filter("action", "Name of the operation, as in this document."), Choice<AuditKind>("kind"),
            Filter("target", "Id or name of what was changed."), Filter("consumer", "Name of the consumer whose it is.")),
        Get("readSecretKeys", "/api/secrets/keys", "Administration", "Reads which keys encrypt the secrets of the store, and whether the old ones can go", secretKeys.Read,
            new OperationResponse(200, "The keys by name, and how far their rotation is.", typeof(SecretKeysReport))),
        Read<ErasureReport>("readErasure", "/api/erase/{id}", "Administration", "Reads what an erasure has erased", erase.Read),
        Get("readHealth", "/healthz", "Health", "Tells that the process is alive", AdminHealth.Alive,
            new OperationResponse(200, "It is.", typeof(HealthReport))).WithoutToken(),
        Get("readReadiness", "/readyz", "Health", "Tells whether the process can do its work", health.Ready,
            new OperationResponse(200, "It can.", typeof(ReadinessReport)),
            new OperationResponse(503, "It cannot, and why.", typeof(ReadinessReport))).WithoutToken(),
        Get("readMetrics", "/metrics", "Health", "Reads the metrics in the Prometheus text format", metrics,
            new OperationResponse(200, "The metrics.", typeof(string), "text/plain")),
        Get("readOpenApi", "/openapi.json", "Health", "Reads this document", openApi,
            new OperationResponse(200, "The OpenAPI document.", typeof(System.Text.Json.Nodes.JsonObject))),
    ]);

    private static Operation List<T>(
        string id, string path, string tag, string summary, Func<HttpContext, CallQuery, Task> handle, params OperationParameter[] filters)
    {
        IReadOnlyList<OperationParameter> parameters = [.. filters, .. CallQuery.Paging];
        return new Operation
        {
            Id = id, Method = "GET", Path = path, Tag = tag, Summary = summary, Query = parameters,
            Responses = [new OperationResponse(200, "One page.", typeof(Page<T>)), Refused, NoToken, Invalid, Unavailable],
            Handle = context => handle(context, new CallQuery(context.Request.Query, parameters)),
        };
    }

    private static Operation Read<T>(string id, string path, string tag, string summary, Func<HttpContext, string, Task> handle) => new()
    {
        Id = id, Method = "GET", Path = path, Tag = tag, Summary = summary,
        Responses = [new OperationResponse(200, "What was asked for.", typeof(T)), Refused, NoToken, NotFound, Unavailable],
        Handle = context => handle(context, Id(context)),
    };

    private static Operation Job(string id, string method, string path, string summary, string description, RequestDelegate handle, Type request) => new()
    {
        Id = id, Method = method, Path = path, Tag = "Administration", Summary = summary, Description = description, Request = request,
        Responses =
        [
            new OperationResponse(202, "The job, which is kept and runs from now on; `Location` is its path.", typeof(JobReport)), Refused, NoToken, NotFound,
            Problem(400, "The body is not a JSON object."), Problem(409, "The subscription has ended, or has too many jobs that have not ended."),
            Problem(413, "The body is larger than 64 KiB."), Problem(415, "The body is of another media type."),
            Problem(422, "Fields are not valid; `errors` says which and why."), Unavailable,
        ],
        Handle = handle,
    };

    private static Operation ChangeJob(string id, string method, string path, string summary, string? description, Func<HttpContext, string, Task> handle) => new()
    {
        Id = id, Method = method, Path = path, Tag = "Administration", Summary = summary, Description = description,
        Responses = [new OperationResponse(200, "The job as it stands now.", typeof(JobReport)), Refused, NoToken, NotFound, Unavailable],
        Handle = context => handle(context, Id(context)),
    };

    private static Operation ChangeSubscription(string id, string path, string summary, string description, Func<HttpContext, string, Task> handle) => new()
    {
        Id = id, Method = "POST", Path = path, Tag = "Administration", Summary = summary, Description = description,
        Responses =
        [
            new OperationResponse(200, "The subscription as it stands now.", typeof(SubscriptionReport)), Refused, NoToken, NotFound,
            Problem(400, "The body cannot be read."), Problem(409, "It is in a state that this does not end."), Problem(413, "The body is too large."),
            Problem(422, "Fields are not valid; `errors` names each."), Unavailable,
        ],
        Handle = context => handle(context, Id(context)),
    };

    private static Operation ChangeConsumer(
        string id, string method, string path, string summary, string description, OperationResponse done, RequestDelegate handle, Type? request = null) => new()
    {
        Id = id, Method = method, Path = path, Tag = "Administration", Summary = summary, Description = description, Request = request,
        Responses =
        [
            done, Refused, NoToken, NotFound, Problem(409, "It stands in the configuration file, or is there already, or has as many as it may."), Unavailable,
            .. request is null ? Array.Empty<OperationResponse>() :
            [
                Problem(400, "The body is not a JSON object with these fields."), Problem(413, "The body is larger than 64 KiB."),
                Problem(415, "The body is of another media type."), Problem(422, "Fields are not valid; `errors` says which and why."),
            ],
        ],
        Handle = handle,
    };

    private static Operation Get(string id, string path, string tag, string summary, RequestDelegate handle, params OperationResponse[] responses) => new()
    {
        Id = id, Method = "GET", Path = path, Tag = tag, Summary = summary, Handle = handle,
        Responses = [.. responses, Refused, NoToken],
    };

    private static Operation WithoutToken(this Operation operation) =>
        operation with { Open = true, Responses = [.. operation.Responses.Where(response => response != NoToken)] };

    private static OperationParameter Filter(string name, string description) => new(name, "string", description);

    private static OperationParameter Choice<TEnum>(string name)
        where TEnum : struct, Enum => new(name, "string", $"Only those with this {name}.", Values: CallQuery.Words<TEnum>());

    private static string Id(HttpContext context) => (string)context.Request.RouteValues["id"]!;

    private static string Credential(HttpContext context) => (string)context.Request.RouteValues["credential"]!;

    private static OperationResponse NoToken { get; } = Problem(401, "The token is missing or wrong.");
    private static OperationResponse Refused { get; } = Problem(403, "Without a token, only this machine by a loopback name may ask.");
    private static OperationResponse NotFound { get; } = Problem(404, "There is no such thing.");
    private static OperationResponse Invalid { get; } = Problem(422, "Query parameters are not valid; `errors` names each.");
    private static OperationResponse Unavailable { get; } = Problem(503, "The store cannot answer now.");

    private static OperationResponse Problem(int status, string description) =>
        new(status, description, typeof(Problem), "application/problem+json");
}
