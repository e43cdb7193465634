using Postern.Model;
using Postern.Model.Retries;

namespace Postern.Configuration;

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

    /// <summary>Headers that its answers get where it does not send them itself, by name in small letters.</summary>
    public IReadOnlyDictionary<string, string> AnswerHeaders { get; init; } = new Dictionary<string, string> { ["x-content-type-options"] = "nosniff" };

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
