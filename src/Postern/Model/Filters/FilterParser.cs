using System.Text.Json;

namespace Postern.Model.Filters;

/// <summary>
/// Reads a filter: an object with one dialect of the CloudEvents Subscriptions API (<c>exact</c>, <c>prefix</c>, <c>suffix</c>,
/// <c>all</c>, <c>any</c>, <c>not</c>), or an array of them that must all hold. Tells every mistake, and never throws.
/// </summary>
internal static class FilterParser
{
    /// <summary>Reads a filter that stands alone, to see whether it is valid.</summary>
    public static FilterParse Parse(JsonElement element) => Parse(element, new FieldPool());

    /// <summary>Reads a filter whose fields share slots with the other filters of the pool.</summary>
    public static FilterParse Parse(JsonElement element, FieldPool pool)
    {
        var reader = new Reader(pool);
        var filter = reader.ReadRoot(element);
        if (reader.Errors.Count == 0)
        {
            return new FilterParse(filter, []);
        }

        reader.Rented.ForEach(pool.Release);
        return new FilterParse(null, reader.Errors);
    }

    /// <summary>Reads the filter of a stored subscription; null: none.</summary>
    public static FilterParse ParseStored(string? text, FieldPool pool)
    {
        if (text is null)
        {
            return new FilterParse(null, []);
        }

        try
        {
            using var document = JsonDocument.Parse(text);
            return Parse(document.RootElement, pool);
        }
        catch (JsonException exception)
        {
            return new FilterParse(null, [new FilterError("filter", exception.Message)]);
        }
    }

    private sealed class Reader(FieldPool pool)
    {
        private int nodes;

        public List<FilterError> Errors { get; } = [];

        public List<FieldPath> Rented { get; } = [];

        public Filter? ReadRoot(JsonElement element) => element.ValueKind switch
        {
            JsonValueKind.Null => null,
            JsonValueKind.Array when element.GetArrayLength() == 0 => null,
            JsonValueKind.Array => ReadList(element, "filter", 1),
            _ => ReadFilter(element, "filter", 1),
        };

        private Filter? ReadFilter(JsonElement element, string path, int depth)
        {
            if (depth > FilterLimits.Depth)
            {
                return Fail(path, $"The filter is nested deeper than {FilterLimits.Depth}.");
            }

            if (!Count(path))
            {
                return null;
            }

            if (element.ValueKind != JsonValueKind.Object)
            {
                return Fail(path, $"A filter is an object with one dialect, like {{\"exact\": {{\"type\": \"orders.created\"}}}}, not {Describe(element)}.");
            }

            if (!TryReadMembers(element, path, out var members))
            {
                return null;
            }

            if (members.Count != 1)
            {
                return Fail(path, members.Count == 0
                    ? "The filter is empty: name one dialect, exact, prefix, suffix, all, any or not."
                    : $"A filter has one dialect, this one has {string.Join(", ", members.Select(member => member.Name))}: put each in an object of its own, in an array or in 'all'.");
            }

            var (dialect, operand) = members[0];
            var inner = $"{path}.{dialect}";
            return dialect switch
            {
                "exact" => ReadFields(operand, Comparison.Exact, inner),
                "prefix" => ReadFields(operand, Comparison.Prefix, inner),
                "suffix" => ReadFields(operand, Comparison.Suffix, inner),
                "all" => ReadList(operand, inner, depth + 1),
                "any" => ReadParts(operand, inner, depth + 1) is { } parts ? new AnyFilter(parts) : null,
                "not" => ReadFilter(operand, inner, depth + 1) is { } negated ? new NotFilter(negated) : null,
                "sql" => Fail(inner, "The dialect 'sql' is not supported: use exact, prefix, suffix, all, any and not."),
                _ => Fail(inner, $"'{dialect}' is no dialect: use exact, prefix, suffix, all, any or not."),
            };
        }

        private Filter? ReadList(JsonElement element, string path, int depth) =>
            ReadParts(element, path, depth) is not { } parts ? null : parts.Count == 1 ? parts[0] : new AllFilter(parts);

        private List<Filter>? ReadParts(JsonElement element, string path, int depth)
        {
            if (element.ValueKind != JsonValueKind.Array || element.GetArrayLength() == 0)
            {
                Fail(path, "Give an array of at least one filter.");
                return null;
            }

            var parts = new List<Filter>();
            var index = 0;
            foreach (var item in element.EnumerateArray())
            {
                if (nodes > FilterLimits.Nodes)
                {
                    return null;
                }

                if (ReadFilter(item, $"{path}[{index++}]", depth) is { } part)
                {
                    parts.Add(part);
                }
            }

            return parts.Count == index ? parts : null;
        }

        private Filter? ReadFields(JsonElement element, Comparison comparison, string path)
        {
            if (element.ValueKind != JsonValueKind.Object)
            {
                return Fail(path, $"Give an object of fields and values, like {{\"type\": \"orders.created\"}}, not {Describe(element)}.");
            }

            if (!TryReadMembers(element, path, out var members))
            {
                return null;
            }

            if (members.Count == 0)
            {
                return Fail(path, "Name at least one field to compare.");
            }

            var parts = new List<Filter>();
            foreach (var (name, value) in members)
            {
                if (!Count(path))
                {
                    return null;
                }

                if (ReadField(name, value, comparison, $"{path}.{name}") is { } part)
                {
                    parts.Add(part);
                }
            }

            return parts.Count != members.Count ? null : parts.Count == 1 ? parts[0] : new AllFilter(parts);
        }

        private FieldFilter? ReadField(string name, JsonElement element, Comparison comparison, string path)
        {
            var field = FieldPathParser.Parse(name, out var error);
            if (field is null)
            {
                Fail(path, error!);
                return null;
            }

            if (ReadOperand(element, comparison, field.Attribute is null, path) is not { } operand)
            {
                return null;
            }

            var rented = pool.Rent(field);
            Rented.Add(rented);
            return new FieldFilter(rented, comparison, operand);
        }

        private FieldValue? ReadOperand(JsonElement element, Comparison comparison, bool data, string path)
        {
            if (!FieldValue.TryRead(element, out var value))
            {
                Fail(path, element.ValueKind == JsonValueKind.String
                    ? "The value is no Unicode text: it has half a surrogate pair."
                    : $"A field is compared with a single value, not with {Describe(element)}.");
                return null;
            }

            if (value.Text?.Length > FilterLimits.ValueLength)
            {
                Fail(path, $"The value is longer than {FilterLimits.ValueLength} characters.");
                return null;
            }

            if (value.Kind != FieldKind.String && (!data || comparison != Comparison.Exact))
            {
                Fail(path, data ? "A beginning or an end is compared with a string." : "An attribute is compared with a string: put the value in quotes.");
                return null;
            }

            // The specification refuses empty values; of data only an exact comparison with "" says something.
            if (value is { Kind: FieldKind.String, Text: "" } && (!data || comparison != Comparison.Exact))
            {
                Fail(path, "The value is empty.");
                return null;
            }

            return value;
        }

        private bool TryReadMembers(JsonElement element, string path, out List<(string Name, JsonElement Value)> members)
        {
            members = [];
            try
            {
                foreach (var property in element.EnumerateObject())
                {
                    if (members.Count > FilterLimits.Nodes)
                    {
                        break;
                    }

                    members.Add((property.Name, property.Value));
                }
            }
            catch (InvalidOperationException)
            {
                Fail(path, "A name is no Unicode text: it has half a surrogate pair.");
                return false;
            }

            if (members.DistinctBy(member => member.Name).Count() != members.Count)
            {
                Fail(path, "A name stands twice.");
                return false;
            }

            return true;
        }

        private bool Count(string path)
        {
            if (++nodes == FilterLimits.Nodes + 1)
            {
                Fail(path, $"The filter has more than {FilterLimits.Nodes} parts.");
            }

            return nodes <= FilterLimits.Nodes;
        }

        private Filter? Fail(string path, string message)
        {
            Errors.Add(new FilterError(path, message));
            return null;
        }

        private static string Describe(JsonElement element) => element.ValueKind switch
        {
            JsonValueKind.Object => "an object",
            JsonValueKind.Array => "an array",
            JsonValueKind.String => "a string",
            JsonValueKind.Null => "null",
            JsonValueKind.Number => "a number",
            _ => "a boolean",
        };
    }
}
