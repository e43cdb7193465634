using Postern.Model.Access;

namespace Postern.Operations;

/// <summary>An error as the caller sees it: <c>application/problem+json</c> (RFC 9457).</summary>
public sealed record Problem
{
    /// <summary>URI-reference that names the kind of problem; relative to the guide's page of problems.</summary>
    public required string Type { get; init; }

    public required string Title { get; init; }

    public required int Status { get; init; }

    /// <summary>What is wrong in this call, where, and what to do.</summary>
    public string? Detail { get; init; }

    /// <summary>Messages by field of the request.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Errors { get; init; }
}

/// <summary>Ends an operation with a problem; the pipeline writes it.</summary>
public sealed class ProblemException(Problem problem, TimeSpan? retryAfter = null) : Exception(problem.Detail ?? problem.Title)
{
    public Problem Problem { get; } = problem;

    public TimeSpan? RetryAfter { get; } = retryAfter;
}

/// <summary>The problems of the public face, one method each.</summary>
public static class Problems
{
    public static ProblemException Invalid(string field, string message) =>
        Invalid(new Dictionary<string, IReadOnlyList<string>> { [field] = [message] });

    public static ProblemException Invalid(IReadOnlyDictionary<string, IReadOnlyList<string>> errors) =>
        new(new Problem
        {
            Type = "/problems/invalid", Title = "The request is not valid", Status = 422,
            Detail = string.Join(" ", errors.Select(error => $"{error.Key}: {error.Value[0]}")), Errors = errors,
        });

    public static ProblemException Malformed(string detail) => Of(400, "malformed", "The request cannot be read", detail);

    public static ProblemException Unauthenticated() =>
        Unauthenticated("Send a credential of a configured consumer, of a kind that this path takes: WWW-Authenticate names them.");

    /// <param name="reason">What is wrong with a credential that was recognised.</param>
    public static ProblemException Unauthenticated(string reason) => Of(401, "unauthenticated", "Valid credentials are needed", reason);

    public static ProblemException Forbidden(string detail) => Of(403, "forbidden", "Not allowed", detail);

    /// <summary>403: the caller is known, and may not do this.</summary>
    public static ProblemException MissingScope(Scope scope) =>
        Of(403, "missing-scope", "Not allowed", $"Your credential does not have the scope '{scope}': ask whoever runs the gateway for it.");

    public static ProblemException NotFound(string detail) => Of(404, "not-found", "Not found", detail);

    public static ProblemException Conflict(string detail) => Of(409, "conflict", "Conflict", detail);

    public static ProblemException TooLarge(string detail) => Of(413, "too-large", "The request is too large", detail);

    public static ProblemException UnsupportedMediaType(string detail) => Of(415, "unsupported-media-type", "Unsupported media type", detail);

    /// <summary>503 with <c>Retry-After</c>: nothing of the request was kept.</summary>
    public static ProblemException Unavailable(string detail) =>
        new(Make(503, "unavailable", "Not stored, try again", detail), TimeSpan.FromSeconds(1));

    /// <summary>409 with <c>Retry-After</c>: the first call with this key has no answer yet.</summary>
    public static ProblemException KeyInUse() => new(
        Make(409, "idempotency-key-in-use", "The first call with this key is still under way",
            "A call with this Idempotency-Key has not been answered yet. Send the same again after Retry-After: you get its answer."),
        TimeSpan.FromSeconds(1));

    public static ProblemException KeyReused() => Of(
        422, "idempotency-key-reused", "This key belongs to another call",
        "A call with this Idempotency-Key and another path, body or content header came before. A new call needs a new key; the same call must be the same bytes.");

    public static Problem Make(int status, string kind, string title, string detail) =>
        new() { Type = "/problems/" + kind, Title = title, Status = status, Detail = detail };

    private static ProblemException Of(int status, string kind, string title, string detail) => new(Make(status, kind, title, detail));
}
