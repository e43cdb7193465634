using Postern.Model.Limits;
using Postern.Operations;

namespace Postern.Gateway.Limits;

/// <summary>Whom a limit is counted for, and what those are told who are over it.</summary>
internal sealed class LimitScope
{
    private readonly bool isOurs;
    private readonly string whose;
    private volatile ToldRate? last;

    private LimitScope(string name, string whose, bool isOurs)
    {
        this.whose = whose;
        this.isOurs = isOurs;
        Name = name;
        Rate = new("limit", name + ".rate");
        Concurrency = new("limit", name + ".concurrency");
    }

    public static LimitScope Address { get; } = new("address", "this address", isOurs: false);

    public static LimitScope Consumer { get; } = new("consumer", "this consumer", isOurs: false);

    public static LimitScope Route { get; } = new("route", "this path", isOurs: false);

    public static LimitScope Global { get; } = new("global", "the gateway", isOurs: true);

    /// <summary>What the policy is called in <c>RateLimit-Policy</c>.</summary>
    public string Name { get; }

    /// <summary>Label of refusals because of the rate.</summary>
    public KeyValuePair<string, object?> Rate { get; }

    /// <summary>Label of refusals because of what is under way.</summary>
    public KeyValuePair<string, object?> Concurrency { get; }

    /// <summary>Whether the caller is told also while it stays within: what is left of what others use up too is no help to it.</summary>
    public bool IsCallers => this == Address || this == Consumer;

    /// <summary>An item of <c>RateLimit-Policy</c>. Most calls of a scope have one rate: how it is told is kept.</summary>
    public string PolicyOf(TokenRate rate)
    {
        var told = last;
        if (told is null || told.Rate != rate)
        {
            last = told = new ToldRate(rate, RateLimitHeaders.PolicyOf(Name, rate));
        }

        return told.Policy;
    }

    // RFC 6585 §4 is for a caller who asks too much; of a gateway that has too much to do, 503 says it.
    public ProblemException TooFast(TimeSpan wait) => new(
        Problems.Make(
            isOurs ? 503 : 429, isOurs ? "overloaded" : "rate-limited", isOurs ? "The gateway has too much to do" : "Too many requests",
            $"More calls came for {whose} than its rate allows. Try again after Retry-After."),
        wait);

    public ProblemException TooMany() => new(
        Problems.Make(
            isOurs ? 503 : 429, isOurs ? "overloaded" : "too-many-at-once", isOurs ? "The gateway has too much to do" : "Too many requests at the same time",
            $"As many calls are under way for {whose} as may be. Try again when one of them has ended."),
        TimeSpan.FromSeconds(1));

    private sealed record ToldRate(TokenRate Rate, string Policy);
}
