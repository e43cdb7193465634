using System.Collections.Immutable;
using System.Text;
using Postern.Configuration;
using Postern.Model;
using Postern.Operations;

namespace Postern.Subscriptions;

/// <summary>The event types of one resource: those configured, or those that the convention gives its path.</summary>
/// <param name="Known">What the catalogue lists.</param>
/// <param name="IsClosed">The resource says which events it has: no others happen there, only those of resources below it.</param>
internal sealed record EventTypes(IReadOnlyList<EventType> Known, bool IsClosed)
{
    private static readonly string[] Verbs = [".created", ".updated", ".deleted"];

    private const int MaxLength = 255;

    private string Prefix { get; init; } = "";

    /// <summary>Types of configured resources below this one.</summary>
    private IReadOnlyList<string> Below { get; init; } = [];

    public static EventTypes Of(GatewayCall call)
    {
        if (call.Api is null || !call.Configuration.Apis.TryGetValue(call.Api, out var api))
        {
            return new EventTypes([], IsClosed: false);
        }

        var segments = SegmentsOf(api.Path, call.Resource);
        var (template, resource) = Configured(api, segments);
        if (template.Length == segments.Length && resource is not null)
        {
            string[] own = [.. template.Where(IsName)];
            return Of(resource, Convention(own, call.Api)) with { Prefix = string.Join('.', own) + ".", Below = TypesBelow(api, template) };
        }

        // Below a configured resource the first segment is a key of its records, then the convention goes on.
        string[] names = [.. template.Where(IsName), .. Names(segments[Math.Min(template.Length == 0 ? 0 : template.Length + 1, segments.Length)..])];
        return new EventTypes(Convention(names, call.Api), IsClosed: false);
    }

    /// <summary>What is wrong with a type that is asked for; null when it can be subscribed to.</summary>
    public string? Check(string type)
    {
        if (type.Length is 0 or > MaxLength || type.EnumerateRunes().Any(rune => Rune.IsControl(rune) || Rune.IsWhiteSpace(rune)))
        {
            return $"must be an event type: a string of 1 to {MaxLength} characters without spaces and control characters.";
        }

        if (IsClosed && !Known.Any(known => known.Type == type) && !Below.Contains(type, StringComparer.Ordinal) && !IsConventionBelow(type))
        {
            return $"\"{type}\" is not an event of this resource; it has {string.Join(", ", Known.Select(known => known.Type))}.";
        }

        return type.Contains('*', StringComparison.Ordinal)
            ? "wildcards do not work in event types; use a filter: {\"prefix\": {\"type\": \"orders.\"}}."
            : null;
    }

    /// <summary>What happens at <c>/orders/42/notes</c> goes to a subscription at <c>/orders</c> too, and is named <c>orders.notes.created</c>.</summary>
    private bool IsConventionBelow(string type) =>
        type.StartsWith(Prefix, StringComparison.Ordinal)
        && Array.Exists(Verbs, verb => type.Length > Prefix.Length + verb.Length && type.EndsWith(verb, StringComparison.Ordinal));

    private static IReadOnlyList<string> TypesBelow(ApiConfiguration api, string[] template) =>
    [
        .. (api.Resources ?? ImmutableDictionary<string, ResourceConfiguration>.Empty)
            .Where(resource => Split(resource.Key) is var below && below.Length > template.Length && below.AsSpan().StartsWith(template))
            .SelectMany(resource => (resource.Value.Events?.Keys ?? []).Concat(resource.Value.Schemas.Keys)),
    ];

    private static EventTypes Of(ResourceConfiguration resource, IReadOnlyList<EventType> convention)
    {
        var types = resource.Events?.Select(entry => new EventType(entry.Key, entry.Value)) ?? convention;

        // A type with a schema and no method is one that the API publishes itself.
        var described = resource.Schemas.Keys.Except(types.Select(type => type.Type), StringComparer.Ordinal).Select(type => new EventType(type, []));
        return new EventTypes(
            [.. types.Concat(described).Select(type => type with { SchemaFile = resource.Schemas.GetValueOrDefault(type.Type) })],
            IsClosed: resource.Events is not null);
    }

    private static IReadOnlyList<EventType> Convention(string[] names, string api)
    {
        // The root of an API has no segment to be named by.
        var prefix = names.Length == 0 ? api : string.Join('.', names);
        return [new(prefix + ".created", ["POST"]), new(prefix + ".updated", ["PUT", "PATCH"]), new(prefix + ".deleted", ["DELETE"])];
    }

    private static string[] SegmentsOf(string api, string path)
    {
        var prefix = ResourcePath.Trim(api);
        return Split(prefix != "/" && ResourcePath.IsAtOrBelow(path, prefix) ? path[prefix.Length..] : path);
    }

    private static string[] Split(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The configured resource that a path is or lies below: the longest, and of equal ones that with fewer placeholders.</summary>
    private static (string[] Template, ResourceConfiguration? Resource) Configured(ApiConfiguration api, string[] segments) => (api.Resources ?? ImmutableDictionary<string, ResourceConfiguration>.Empty)
        .Select(resource => (Template: Split(resource.Key), Resource: (ResourceConfiguration?)resource.Value))
        .Where(resource => Covers(resource.Template, segments))
        .OrderByDescending(resource => resource.Template.Length)
        .ThenBy(resource => resource.Template.Count(part => !IsName(part)))
        .FirstOrDefault((Template: [], Resource: null));

    private static bool Covers(string[] template, string[] segments) =>
        template.Length <= segments.Length && template.Zip(segments).All(pair => !IsName(pair.First) || pair.First == pair.Second);

    private static bool IsName(string segment) => segment is not ['{', .., '}'];

    // Keys between the names of a nested resource (/customers/7/orders) hold a digit; versions (v1) and the first segment are names.
    private static string[] Names(string[] segments) =>
        [.. segments.Where((segment, index) => index == 0 || !segment.AsSpan().ContainsAnyInRange('0', '9') || IsVersion(segment))];

    private static bool IsVersion(string segment) =>
        segment is ['v' or 'V', _, ..] && !segment.AsSpan(1).ContainsAnyExceptInRange('0', '9');
}

/// <summary>One event type of a resource.</summary>
/// <param name="Type">Its name.</param>
/// <param name="Methods">The methods that make it; none for one that is published.</param>
internal sealed record EventType(string Type, IReadOnlyList<string> Methods)
{
    /// <summary>File with the JSON Schema of its data; null when none is configured.</summary>
    public string? SchemaFile { get; init; }
}
