using System.Net;

namespace Postern.EndToEnd.Attacks.Tenancy;

/// <summary>What each input of the gateway's calls can tell of another consumer: the ids, which are all tried, and why the others are none.</summary>
/// <remarks>By place and name, with the call before it where a field of a body means something else than elsewhere.</remarks>
internal static class TenantInputs
{
    private const string OfItsOwn = "A wish for what is the caller's own.";
    private const string OneEvent = "Source and id name one event for everybody (CloudEvents 1.0 §3.1): who publishes it again is told that it is there.";
    private const string OfTheEvent = "Content of the event that is published.";

    /// <summary>What is answered to an id of another, as to one of nobody.</summary>
    public static IReadOnlyDictionary<string, HttpStatusCode> Ids { get; } = new Dictionary<string, HttpStatusCode>
    {
        ["path id"] = HttpStatusCode.NotFound,
        ["path job"] = HttpStatusCode.NotFound,
        ["unsubscribe body id"] = HttpStatusCode.NotFound,
        ["unsubscribe body callback"] = HttpStatusCode.NotFound,
        // Named in a list, each by itself, as a field that does not hold.
        ["replaySubscription body events"] = HttpStatusCode.UnprocessableEntity,
        // A place in the caller's own list, wherever it was taken from.
        ["query after"] = HttpStatusCode.OK,
    };

    public static IReadOnlyDictionary<string, string> Harmless { get; } = new Dictionary<string, string>
    {
        ["path resource"] = "A path of the API.",
        ["query limit"] = OfItsOwn,
        ["header Idempotency-Key"] = "Each consumer's own: tried apart, because it names a call and nothing that is kept.",
        ["subscribe body callback"] = "Where to call: several may name one endpoint.",
        ["subscribe body events"] = "Types of events.",
        ["subscribe body order"] = OfItsOwn,
        ["changeSubscription body callback"] = "Where to call: several may name one endpoint.",
        ["changeSubscription body events"] = "Types of events.",
        ["body filter"] = OfItsOwn,
        ["body mode"] = OfItsOwn,
        ["body metadata"] = OfItsOwn,
        ["body retry"] = OfItsOwn,
        ["body delivery"] = OfItsOwn,
        ["body secret"] = OfItsOwn,
        ["body overlap"] = OfItsOwn,
        ["body dead"] = OfItsOwn,
        ["body from"] = OfItsOwn,
        ["body to"] = OfItsOwn,
        ["body missed"] = OfItsOwn,
        ["body since"] = OfItsOwn,
        ["body rate"] = OfItsOwn,
        ["body kind"] = OfItsOwn,
        ["header ce-id"] = OneEvent,
        ["header ce-source"] = OneEvent,
        ["header ce-specversion"] = OfTheEvent,
        ["header ce-type"] = OfTheEvent,
        ["header ce-subject"] = OfTheEvent,
        ["header ce-time"] = OfTheEvent,
        ["header ce-dataschema"] = OfTheEvent,
        ["header ce-audience"] = "Whom the event may be shown to: its publisher says so.",
        ["publishEvents body id"] = OneEvent,
        ["publishEvents body source"] = OneEvent,
        ["publishEvents body specversion"] = OfTheEvent,
        ["publishEvents body type"] = OfTheEvent,
        ["publishEvents body subject"] = OfTheEvent,
        ["publishEvents body time"] = OfTheEvent,
        ["publishEvents body datacontenttype"] = OfTheEvent,
        ["publishEvents body dataschema"] = OfTheEvent,
        ["publishEvents body data"] = OfTheEvent,
        ["publishEvents body data_base64"] = OfTheEvent,
    };

    /// <summary>The name of an input in the tables, with its call or without; null: nobody has thought of it.</summary>
    public static string? Find(DescribedCall call, string input) =>
        ((string[])[$"{call.Id} {input}", input]).FirstOrDefault(static name => Ids.ContainsKey(name) || Harmless.ContainsKey(name));
}
