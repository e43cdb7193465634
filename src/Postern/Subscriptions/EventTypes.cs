using System.Text;
using Postern.Configuration;
using Postern.Model;
using Postern.Operations;

namespace Postern.Subscriptions;

/// <summary>The event types of one resource: those configured, or those that the convention gives its path.</summary>
/// <param name="Known">What the catalogue lists.</param>
/// <param name="IsClosed">Only the known ones can be subscribed to: the resource says which events it has.</param>
internal sealed record EventTypes(IReadOnlyList<EventType> Known, bool IsClosed)
{
    private const int MaxLength = 255;

    public static EventTypes Of(GatewayCall call)
    {
        if (call.Api is null || !call.Configuration.Apis.TryGetValue(call.Api, out var api))
        {
            return new EventTypes([], IsClosed: false);
        }

        var segments = Below(api.Path, call.Resource);
        var configured = api.Resources?
            .Select(resource => (Template: Split(resource.Key), resource.Value))
            .Where(resource => Covers(resource.Template, segments))
            .OrderBy(resource => resource.Template.Count(IsPlaceholder))
            .FirstOrDefault() ?? default;
        var convention = Convention(configured.Template is { } template ? [.. template.Where(part => !IsPlaceholder(part))] : Names(segments));
        return configured.Value is { } resource ? Of(resource, convention) : new EventTypes(convention, IsClosed: false);
    }

    /// <summary>What is wrong with a type that is asked for; null when it can be subscribed to.</summary>
    public string? Check(string type)
    {
        if (type.Length is 0 or > MaxLength || type.EnumerateRunes().Any(rune => Rune.IsControl(rune) || Rune.IsWhiteSpace(rune)))
        {
            return $"must be an event type: a string of 1 to {MaxLength} characters without spaces and control characters.";
        }

        if (IsClosed && !Known.Any(known => known.Type == type))
        {
            return $"\"{type}\" is not an event of this resource; it has {string.Join(", ", Known.Select(known => known.Type))}.";
        }

        return type.Contains('*', StringComparison.Ordinal)
            ? "wildcards do not work in event types; use a filter: {\"prefix\": {\"type\": \"orders.\"}}."
            : null;
    }

    private static EventTypes Of(ResourceConfiguration resource, IReadOnlyList<EventType> convention)
    {
        var types = resource.Events?.Select(entry => new EventType(entry.Key, entry.Value)) ?? convention;

        // A type with a schema and no method is one that the API publishes itself.
        var described = resource.Schemas.Keys.Except(types.Select(type => type.Type), StringComparer.Ordinal).Select(type => new EventType(type, []));
        return new EventTypes(
            [.. types.Concat(described).Select(type => type with { SchemaFile = resource.Schemas.GetValueOrDefault(type.Type) })],
            IsClosed: resource.Events is not null);
    }

    private static IReadOnlyList<EventType> Convention(string[] names)
    {
        if (names.Length == 0)
        {
            return [];
        }

        var prefix = string.Join('.', names);
        return [new(prefix + ".created", ["POST"]), new(prefix + ".updated", ["PUT", "PATCH"]), new(prefix + ".deleted", ["DELETE"])];
    }

    private static string[] Below(string api, string path)
    {
        var prefix = ResourcePath.Trim(api);
        return Split(prefix != "/" && ResourcePath.IsAtOrBelow(path, prefix) ? path[prefix.Length..] : path);
    }

    private static string[] Split(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries);

    private static bool Covers(string[] template, string[] segments) =>
        template.Length == segments.Length && template.Zip(segments).All(pair => IsPlaceholder(pair.First) || pair.First == pair.Second);

    private static bool IsPlaceholder(string segment) => segment is ['{', .., '}'];

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
