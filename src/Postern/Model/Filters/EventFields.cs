using System.Text.Json;
using Postern.Model.CloudEvents;

namespace Postern.Model.Filters;

/// <summary>
/// What filters see of one event. Each field is read out once, when the first filter asks, however many ask after it:
/// parsing per filter costs 76 ms for 10,000 filters, this costs microseconds. Reused from event to event; single-threaded.
/// </summary>
internal sealed class EventFields : IDisposable
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 64 };

    private Field[] fields = new Field[16];
    private int generation;
    private Event? current;
    private JsonDocument? document;
    private bool parsed;

    /// <summary>Turns to another event.</summary>
    public void Begin(Event @event)
    {
        Dispose();
        current = @event;
        generation++;
    }

    /// <summary>The values of a field of the pool; none when the event does not have it.</summary>
    public ReadOnlySpan<FieldValue> Get(FieldPath path)
    {
        if (path.Slot >= fields.Length)
        {
            Array.Resize(ref fields, Math.Max(path.Slot + 1, fields.Length * 2));
        }

        ref var field = ref fields[path.Slot];
        if (field.Generation != generation)
        {
            Read(path, ref field);
        }

        return field.Values.AsSpan(0, field.Count);
    }

    public void Dispose()
    {
        document?.Dispose();
        document = null;
        parsed = false;
        current = null;
    }

    private void Read(FieldPath path, ref Field field)
    {
        field.Count = 0;
        if (path.Attribute is { } name)
        {
            if (Attribute(current!, name) is { } value)
            {
                field.Add(FieldValue.Of(value));
            }
        }
        else if (Data() is { } data)
        {
            Select(data.RootElement, path.Steps, 0, ref field);
        }

        field.Generation = generation;
    }

    private static string? Attribute(Event @event, string name)
    {
        var content = @event.Content;
        return name switch
        {
            "specversion" => "1.0",
            "id" => content.ProducerId ?? @event.Id,
            "source" => content.Source,
            "type" => content.Type,
            "subject" => content.Subject,
            "time" => CloudEventTime.Format(content.Time),
            "datacontenttype" => content.DataContentType,
            "dataschema" => content.DataSchema,
            _ => content.Extensions?.GetValueOrDefault(name),
        };
    }

    private JsonDocument? Data()
    {
        if (!parsed)
        {
            parsed = true;
            document = Parse(current!.Content);
        }

        return document;
    }

    private static JsonDocument? Parse(EventContent content)
    {
        if (content.Data.IsEmpty || !ContentType.IsJson(content.DataContentType))
        {
            return null;
        }

        try
        {
            return JsonDocument.Parse(content.Data, Strict);
        }
        catch (JsonException)
        {
            // Data that only claims to be JSON, or is nested deeper than anybody writes by hand: no data filter sees it.
            return null;
        }
    }

    private static void Select(JsonElement element, IReadOnlyList<FieldStep> steps, int depth, ref Field field)
    {
        if (depth == steps.Count)
        {
            if (FieldValue.TryRead(element, out var value))
            {
                field.Add(value);
            }

            return;
        }

        var step = steps[depth];
        switch (step.Kind)
        {
            case FieldStepKind.Name when element.ValueKind == JsonValueKind.Object && TryGetMember(element, step.Name!, out var member):
                Select(member, steps, depth + 1, ref field);
                break;
            case FieldStepKind.Index when element.ValueKind == JsonValueKind.Array:
                var index = step.Index < 0 ? element.GetArrayLength() + step.Index : step.Index;
                if (index >= 0 && index < element.GetArrayLength())
                {
                    Select(element[index], steps, depth + 1, ref field);
                }

                break;
            case FieldStepKind.Any when element.ValueKind == JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                {
                    if (field.Count < FilterLimits.Values)
                    {
                        Select(item, steps, depth + 1, ref field);
                    }
                }

                break;
            case FieldStepKind.Any when element.ValueKind == JsonValueKind.Object:
                foreach (var property in element.EnumerateObject())
                {
                    if (field.Count < FilterLimits.Values)
                    {
                        Select(property.Value, steps, depth + 1, ref field);
                    }
                }

                break;
        }
    }

    /// <summary>The last one of that name, as JavaScript reads it.</summary>
    private static bool TryGetMember(JsonElement element, string name, out JsonElement member)
    {
        try
        {
            return element.TryGetProperty(name, out member);
        }
        catch (InvalidOperationException)
        {
            // A member whose name is half a surrogate pair: System.Text.Json gives up on the whole object.
            member = default;
            return false;
        }
    }

    private struct Field
    {
        public int Generation;
        public int Count;
        public FieldValue[]? Values;

        public void Add(FieldValue value)
        {
            Values ??= new FieldValue[1];
            if (Count == Values.Length)
            {
                Array.Resize(ref Values, Count * 2);
            }

            Values[Count++] = value;
        }
    }
}
