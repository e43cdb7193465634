using System.Text;
using System.Text.Json.Nodes;
using Postern.Configuration;
using Postern.Model.Resources;
using Postern.Operations;
using Postern.Operations.Announcements;

namespace Postern.Subscriptions;

/// <summary>The event types of one resource: those configured, or those that the convention gives its path.</summary>
/// <param name="Known">What the catalogue lists.</param>
/// <param name="IsClosed">The resource says which events it has: no others happen there, only those of resources below it.</param>
internal sealed record EventTypes(IReadOnlyList<EventType> Known, bool IsClosed)
{
    private const int MaxLength = 255;

    /// <summary>Names of the resource, which types of what lies below it begin with; null where nothing lies below it.</summary>
    private IReadOnlyList<string>? Names { get; init; } = [];

    /// <summary>Types of configured resources below this one.</summary>
    private IReadOnlyList<string> Below { get; init; } = [];

    public static EventTypes Of(GatewayCall call)
    {
        if (OwnResources.Hold(call.Resource))
        {
            return new EventTypes(
                [.. AnnouncementType.At(call.Resource).Select(static type => new EventType(type.Name, []) { Schema = type.Schema })], IsClosed: true)
            {
                Names = null,
            };
        }

        if (call.Api is null || !call.Configuration.Apis.TryGetValue(call.Api, out var api))
        {
            return new EventTypes([], IsClosed: false);
        }

        // The resource stands below the API's path; it was found there by the same matcher.
        var segments = Split(call.Resource)[Split(api.Path).Length..];
        var record = new ResourceMatcher("", api.Resources?.Keys).Match(segments, lastIsKey: false);
        IReadOnlyList<EventType> convention =
            [.. EventTypeNames.Of(record?.Names ?? segments, call.Api).Select(static type => new EventType(type.Type, type.Methods))];
        return record?.Configured is { } path && api.Resources is { } resources
            ? Of(resources[path], convention) with { Names = record.Names, Below = TypesBelow(resources, Split(path)) }
            : new EventTypes(convention, IsClosed: false);
    }

    /// <summary>What is wrong with a type that is asked for; null when it can be subscribed to.</summary>
    public string? Check(string type)
    {
        if (type.Length is 0 or > MaxLength || type.EnumerateRunes().Any(rune => Rune.IsControl(rune) || Rune.IsWhiteSpace(rune)))
        {
            return $"must be an event type: a string of 1 to {MaxLength} characters without spaces and control characters.";
        }

        // What happens at /orders/42/notes goes to a subscription at /orders too, and is named orders.notes.created.
        if (IsClosed && !Known.Any(known => known.Type == type) && !Below.Contains(type, StringComparer.Ordinal) && (Names is null || !EventTypeNames.IsBelow(type, Names)))
        {
            return $"\"{type}\" is not an event of this resource; it has {string.Join(", ", Known.Select(known => known.Type))}.";
        }

        return type.Contains('*', StringComparison.Ordinal)
            ? "wildcards do not work in event types; use a filter: {\"prefix\": {\"type\": \"orders.\"}}."
            : null;
    }

    private static IReadOnlyList<string> TypesBelow(IReadOnlyDictionary<string, ResourceConfiguration> resources, string[] template) =>
    [
        .. resources
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

    private static string[] Split(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>One event type of a resource.</summary>
/// <param name="Type">Its name.</param>
/// <param name="Methods">The methods that make it; none for one that is published.</param>
internal sealed record EventType(string Type, IReadOnlyList<string> Methods)
{
    /// <summary>File with the JSON Schema of its data; null when none is configured.</summary>
    public string? SchemaFile { get; init; }

    /// <summary>Makes the JSON Schema of one of the gateway's own; null for every other type.</summary>
    public Func<JsonNode>? Schema { get; init; }
}
