using Microsoft.AspNetCore.Http;
using Postern.Model;
using Postern.Operations;

namespace Postern.Monitoring;

/// <summary>Every call of the admin port.</summary>
internal static class AdminTable
{

    public static AdminOperations Create(AdminApi api, AdminReplay replay, AdminHealth health, RequestDelegate metrics, RequestDelegate openApi) => new(
    [
        List<StoredEvent>("listEvents", "/api/events", "Events", "Lists events, newest first", api.ListEvents,
            Filter("type", "Exactly this `type`."), Filter("source", "Exactly this `source`."), Filter("subject", "Exactly this `subject`.")),
        Read<StoredEvent>("readEvent", "/api/events/{id}", "Events", "Reads one event with its data", api.ReadEvent),
        List<SubscriptionReport>("listAllSubscriptions", "/api/subscriptions", "Administration", "Lists the subscriptions of all consumers", api.ListSubscriptions,
            Filter("consumer", "Name of the owner."), Filter("resource", "Exactly this resource."), Choice<SubscriptionState>("state"),
            Filter("callback", "Exactly this URL.")),
        Read<SubscriptionReport>("readAnySubscription", "/api/subscriptions/{id}", "Administration", "Reads one subscription", api.ReadSubscription),
        Replay("replayAnySubscription", "/api/subscriptions/{id}/replay", "Owes the dead callbacks of a subscription again",
            "At most 10,000 a call; `more` tells that it has to be called again.", replay.Subscription),
        List<OwedCallback>("listCallbacks", "/api/callbacks", "Administration", "Lists callbacks that are owed or dead", api.ListCallbacks,
            Choice<CallbackState>("state"), Filter("subscription", "Id of the subscription.")),
        Replay("replayCallback", "/api/callbacks/{id}/replay", "Owes one dead callback again", null, replay.Callback),
        List<AttemptReport>("listAttempts", "/api/attempts", "Administration", "Lists attempts, newest first", api.ListAttempts,
            Filter("subscription", "Id of the subscription."), Filter("event", "Id of the event."), Choice<AttemptOutcome>("outcome")),
        List<EndpointReport>("listEndpoints", "/api/endpoints", "Administration", "Lists the endpoints and how their lanes stand, by name", api.ListEndpoints),
        List<ConsumerReport>("listConsumers", "/api/consumers", "Administration", "Lists the consumers of the configuration, by name", api.ListConsumers),
        Get("readConfiguration", "/api/configuration", "Administration", "Reads what runs, and the last refused change", api.ReadConfiguration,
            new OperationResponse(200, "The configuration, with every secret masked.", typeof(ConfigurationReport))),
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

    private static Operation Replay(string id, string path, string summary, string? description, Func<HttpContext, string, Task> handle) => new()
    {
        Id = id, Method = "POST", Path = path, Tag = "Administration", Summary = summary, Description = description,
        Responses =
        [
            new OperationResponse(202, "Owed again, on disk and with the hub.", typeof(Replayed)), Refused, NoToken, NotFound,
            Problem(409, "It is not dead, or its subscription has ended."), Unavailable,
        ],
        Handle = context => handle(context, Id(context)),
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

    private static OperationResponse NoToken { get; } = Problem(401, "The token is missing or wrong.");
    private static OperationResponse Refused { get; } = Problem(403, "Without a token, only this machine by a loopback name may ask.");
    private static OperationResponse NotFound { get; } = Problem(404, "There is no such thing.");
    private static OperationResponse Invalid { get; } = Problem(422, "Query parameters are not valid; `errors` names each.");
    private static OperationResponse Unavailable { get; } = Problem(503, "The store cannot answer now.");

    private static OperationResponse Problem(int status, string description) =>
        new(status, description, typeof(Problem), "application/problem+json");
}
