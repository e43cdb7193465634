using System.ComponentModel;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Postern.Model.Access;
using Postern.Operations;

namespace Postern.Subscriptions;

/// <summary>Tells which events a resource has.</summary>
internal sealed class ReadingCatalogue(ILogger logger)
{
    public IReadOnlyList<Operation> Operations =>
    [
        new Operation
        {
            Id = "listEventTypes", Method = "GET", Scope = ScopeVerb.Read, Path = "/{resource}/events", Tag = "Events",
            Summary = "List the event types of a resource, with the schemas of their data",
            Handle = ListAsync,
            Responses = [new(200, "The catalogue.", typeof(CatalogueView)), .. Answers.Always],
        },
    ];

    private async Task ListAsync(HttpContext context)
    {
        var call = context.GatewayCall();
        call.RequireConsumer();
        var types = EventTypes.Of(call);
        var items = new List<EventTypeView>(types.Known.Count);
        foreach (var type in types.Known)
        {
            items.Add(new EventTypeView { Type = type.Type, Methods = type.Methods, Schema = await ReadSchemaAsync(type, context.RequestAborted) });
        }

        await context.Response.WriteAsync(200, new CatalogueView { Resource = call.Resource, Items = items });
    }

    /// <summary>Read each time: the file may be changed while the gateway runs, and the catalogue is seldom asked for.</summary>
    private async Task<JsonElement?> ReadSchemaAsync(EventType type, CancellationToken cancellation)
    {
        if (type.Schema is { } make)
        {
            return JsonSerializer.SerializeToElement(make());
        }

        if (type.SchemaFile is not { } file)
        {
            return null;
        }

        try
        {
            return JsonElement.Parse(await File.ReadAllBytesAsync(file, cancellation));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            logger.SchemaUnreadable(file, type.Type, exception.Message);
            return null;
        }
    }
}

[Description("The event types of a resource.")]
internal sealed record CatalogueView
{
    [Description("Path of the resource.")]
    public required string Resource { get; init; }

    [Description("Its event types.")]
    public required IReadOnlyList<EventTypeView> Items { get; init; }
}

[Description("One event type.")]
internal sealed record EventTypeView
{
    [Description("Its name, as subscriptions and callbacks give it.")]
    public required string Type { get; init; }

    [Description("The methods that make it; none for one that is published.")]
    public required IReadOnlyList<string> Methods { get; init; }

    [Description("JSON Schema of its data; missing when none is configured.")]
    public JsonElement? Schema { get; init; }
}
