using Postern.Operations;

namespace Postern.Subscriptions;

/// <summary>The error answers that many of the calls share, as the reference describes them.</summary>
internal static class Answers
{
    public const string Tag = "Subscriptions";

    public static readonly OperationResponse NotFound = Error(404, "There is no such subscription of yours at this path.");

    /// <summary>What every call can answer.</summary>
    public static readonly IReadOnlyList<OperationResponse> Always =
    [
        Error(401, "Valid credentials are needed."),
        Error(503, "Nothing was stored; try again after `Retry-After`."),
    ];

    /// <summary>What every call with a body can answer.</summary>
    public static readonly IReadOnlyList<OperationResponse> OfBody =
    [
        Error(400, "The body is not a JSON object."),
        Error(413, "The body is larger than 64 KiB."),
        Error(415, "The body is of another media type."),
        Error(422, "Fields are not valid; `errors` says which and why."),
    ];

    public static OperationResponse Error(int status, string description) => new(status, description, typeof(Problem), "application/problem+json");
}
