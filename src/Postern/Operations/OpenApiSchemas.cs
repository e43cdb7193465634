using System.ComponentModel;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;

namespace Postern.Operations;

/// <summary>Schemas from the records of the public face, as <see cref="Json.Options"/> writes them: one component for each record and enumeration.</summary>
internal sealed class OpenApiSchemas
{
    private readonly SortedDictionary<string, JsonNode> components = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Type> types = new(StringComparer.Ordinal);
    private readonly HashSet<string> requested = new(StringComparer.Ordinal);

    /// <summary>Schema of a body that callers send.</summary>
    public JsonNode Request(Type type) => Schema(type, isRequest: true);

    /// <summary>Schema of a body that callers get.</summary>
    public JsonNode Response(Type type) => Schema(type, isRequest: false);

    /// <summary>All components that were met, and those given, by name.</summary>
    public JsonObject Components(JsonObject more)
    {
        var all = new SortedDictionary<string, JsonNode>(components, StringComparer.Ordinal);
        foreach (var (name, schema) in more)
        {
            all.Add(name, schema!.DeepClone());
        }

        return new JsonObject(all.Select(component => KeyValuePair.Create(component.Key, (JsonNode?)component.Value.DeepClone())));
    }

    private JsonNode Schema(Type type, bool isRequest)
    {
        if (!IsComponent(type))
        {
            return Export(type, isRequest);
        }

        Require(type, isRequest);
        return Reference(type);
    }

    private void Require(Type type, bool isRequest)
    {
        var name = Name(type);
        if (types.TryGetValue(name, out var known) && known != type)
        {
            throw new InvalidOperationException($"{known} and {type} would both be the component {name}: rename one.");
        }

        // Callers must not send what is not known; what they get may grow.
        var open = !isRequest && !requested.Contains(name);
        if (types.ContainsKey(name) && (open || requested.Contains(name)))
        {
            return;
        }

        types[name] = type;
        if (isRequest)
        {
            requested.Add(name);
        }

        components[name] = Export(type, isRequest);
    }

    private JsonNode Export(Type type, bool isRequest) => Json.Options.GetJsonSchemaAsNode(type, new JsonSchemaExporterOptions
    {
        TreatNullObliviousAsNonNullable = true,
        TransformSchemaNode = (context, schema) => Transform(context, schema, isRequest),
    });

    private JsonObject Transform(JsonSchemaExporterContext context, JsonNode schema, bool isRequest)
    {
        var type = Nullable.GetUnderlyingType(context.TypeInfo.Type) ?? context.TypeInfo.Type;
        var description = Description(context, type);
        if (IsComponent(type) && !context.Path.IsEmpty)
        {
            Require(type, isRequest);
            return Described(IsNullable(context) ? new JsonObject { ["anyOf"] = new JsonArray(Reference(type), new JsonObject { ["type"] = "null" }) } : Reference(type),
                PropertyDescription(context));
        }

        // `true`: any JSON.
        var described = schema as JsonObject ?? [];
        if (type.IsEnum)
        {
            described.Insert(0, "type", "string");
        }

        if (!isRequest)
        {
            described.Remove("additionalProperties", out var closed);
            if (closed is JsonObject)
            {
                described["additionalProperties"] = closed;
            }
        }

        return Described(described, description);
    }

    private static JsonObject Described(JsonObject schema, string? description)
    {
        if (description is not null)
        {
            schema["description"] = description;
        }

        return schema;
    }

    private static string? Description(JsonSchemaExporterContext context, Type type) =>
        PropertyDescription(context) ?? (IsComponent(type) ? type.GetCustomAttribute<DescriptionAttribute>()?.Description : null);

    private static string? PropertyDescription(JsonSchemaExporterContext context) =>
        Text(context.PropertyInfo?.AttributeProvider) ?? Text(context.PropertyInfo?.AssociatedParameter?.AttributeProvider);

    private static string? Text(ICustomAttributeProvider? provider) =>
        provider?.GetCustomAttributes(typeof(DescriptionAttribute), inherit: true) is [DescriptionAttribute description, ..] ? description.Description : null;

    private static bool IsNullable(JsonSchemaExporterContext context) =>
        Nullable.GetUnderlyingType(context.TypeInfo.Type) is not null || context.PropertyInfo is { IsGetNullable: true };

    /// <summary>Our own records and enumerations; everything else is written where it stands.</summary>
    private static bool IsComponent(Type type) =>
        type.Namespace?.StartsWith(nameof(Postern), StringComparison.Ordinal) == true
        && (type.IsEnum || Json.Options.GetTypeInfo(type).Kind == JsonTypeInfoKind.Object);

    // Page<StoredEvent> is StoredEventPage.
    private static string Name(Type type) => type.IsGenericType
        ? string.Concat(type.GetGenericArguments().Select(Name)) + type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]
        : type.Name;

    private static JsonObject Reference(Type type) => new() { ["$ref"] = "#/components/schemas/" + Name(type) };
}
