using Postern.Configuration;
using Postern.Model;
using Postern.Operations;

namespace Postern.Gateway.Dispatch;

/// <summary>
/// Finds the operation of a path by its last segments: <c>/{resource}/subscriptions/{id}/test</c> is known by
/// <c>subscriptions</c>, anything, <c>test</c> at its end, whatever the resource.
/// </summary>
internal sealed class OperationTable
{
    public static readonly ReservedWords DefaultWords = new();

    private readonly List<Tail> tails;

    public OperationTable(GatewayOperations operations)
    {
        // The longest first: the {id} of one may spell the word of another.
        tails = [.. operations.All
            .GroupBy(static operation => operation.Path.Replace("/{key}", "", StringComparison.Ordinal), StringComparer.Ordinal)
            .Select(static group => new Tail(group.Key, group))
            .OrderByDescending(static tail => tail.Parts.Length)];
    }

    /// <summary>The shapes of calls that a path has, the longest first; empty when it is none of ours.</summary>
    public IEnumerable<TailMatch> Find(string[] segments, int prefix, ReservedWords? words)
    {
        foreach (var tail in tails)
        {
            var start = segments.Length - tail.Parts.Length;
            if ((tail.HasResource ? words is not null && start >= prefix : start == 0) && Fits(tail, segments.AsSpan(start), words ?? DefaultWords))
            {
                yield return new TailMatch(tail, start, At(segments, start, tail.IdAt), At(segments, start, tail.JobAt));
            }
        }
    }

    /// <summary>Where a path names one of our subscriptions: the index of the word before the id; -1 when it names none.</summary>
    public static int FindSubscription(string[] segments, int prefix, ReservedWords? words)
    {
        for (var index = prefix; words is not null && index + 1 < segments.Length; index++)
        {
            if (segments[index] == words.Subscriptions && SubscriptionId.IsOne(segments[index + 1]))
            {
                return index;
            }
        }

        return -1;
    }

    private static string? At(string[] segments, int start, int place) => place < 0 ? null : segments[start + place];

    private static bool Fits(Tail tail, ReadOnlySpan<string> segments, ReservedWords words)
    {
        if (segments[0] != WordOf(tail.Parts[0], words))
        {
            return false;
        }

        for (var index = 1; index < segments.Length; index++)
        {
            if (index != tail.IdAt && index != tail.JobAt && segments[index] != tail.Parts[index])
            {
                return false;
            }
        }

        return true;
    }

    private static string WordOf(string word, ReservedWords words) => word switch
    {
        "subscribe" => words.Subscribe,
        "unsubscribe" => words.Unsubscribe,
        "subscriptions" => words.Subscriptions,
        "events" => words.Events,
        _ => word,
    };
}

/// <summary>A shape of calls and the operations that have it, by method.</summary>
internal sealed class Tail
{
    private const string Resource = "{resource}";
    private const string Id = "{id}";
    private const string Job = "{job}";

    public Tail(string template, IEnumerable<Operation> operations)
    {
        var parts = template.Split('/', StringSplitOptions.RemoveEmptyEntries);
        HasResource = parts[0] == Resource;
        Parts = HasResource ? parts[1..] : parts;
        IdAt = Array.IndexOf(Parts, Id);
        JobAt = Array.IndexOf(Parts, Job);
        ByMethod = operations.ToDictionary(static operation => operation.Method, static operation => operation, StringComparer.Ordinal);
        Allow = string.Join(", ", ByMethod.Keys.Order(StringComparer.Ordinal));
    }

    public bool HasResource { get; }

    public string[] Parts { get; }

    public int IdAt { get; }

    public int JobAt { get; }

    public Dictionary<string, Operation> ByMethod { get; }

    public string Allow { get; }

    /// <summary>An API may well have a path that ends in <c>events</c>; nobody else's path ends in the other words by chance.</summary>
    public bool IsCertainlyOurs => HasResource && Parts[0] != "events";

    /// <summary>The verbs: what is not covered is refused here, and not left to an API that would not know the word.</summary>
    public bool IsVerb => Parts[0] is "subscribe" or "unsubscribe";
}

/// <param name="Start">Index of the reserved word among the segments; what stands before it is the resource.</param>
internal readonly record struct TailMatch(Tail Tail, int Start, string? Id, string? Job);
