using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Postern.Configuration.Reading;
using Postern.Configuration.Values;

namespace Postern.Configuration.Shapes;

/// <summary>The single values of the file, by kind.</summary>
internal static class Scalars
{
    public static Shape<string> Text(
        string what, Func<string, Parsed<string>>? parse = null, string? pattern = null, IReadOnlyList<string>? choices = null, bool orNumber = false) =>
        new ScalarShape<string>(
            what,
            (text, _) => parse is null ? text : parse(text),
            () =>
            {
                var schema = new JsonObject { ["type"] = orNumber ? new JsonArray("string", "integer") : "string", ["minLength"] = 1 };
                if (pattern is not null)
                {
                    schema["pattern"] = pattern;
                }

                return choices is null ? schema : Enumeration(choices);
            },
            value => value);

    public static Shape<string> Secret(string what, Func<string, Parsed<string>> parse) =>
        new ScalarShape<string>(what, (text, _) => parse(text), () => new JsonObject { ["type"] = "string", ["minLength"] = 1 }) { Secret = true };

    public static Shape<int> Integer(int min, int max) => new ScalarShape<int>(
        $"a whole number from {min} to {max}",
        (text, _) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
            ? number
            : Parsed.No<int>($"is not a whole number from {min} to {max}."),
        () => new JsonObject { ["type"] = "integer", ["minimum"] = min, ["maximum"] = max },
        value => value);

    public static Shape<double> Share() => Number(0, 1, " such as 0.2");

    public static Shape<double> Number(double min, double max, string example = "") => new ScalarShape<double>(
        string.Create(CultureInfo.InvariantCulture, $"a number from {min} to {max}"),
        (text, _) => double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
            ? number
            : Parsed.No<double>(string.Create(CultureInfo.InvariantCulture, $"is not a number from {min} to {max}{(example.Length > 0 ? "," : "")}{example}.")),
        () => new JsonObject { ["type"] = "number", ["minimum"] = min, ["maximum"] = max },
        value => value);

    public static Shape<TimeSpan> Duration(TimeSpan min, TimeSpan max) => new ScalarShape<TimeSpan>(
        "a duration such as 15s",
        (text, _) => Durations.Parse(text) switch
        {
            null => Parsed.No<TimeSpan>("is not a duration: write a number with its unit, 500ms, 15s, 5m, 2h or 1d."),
            { } duration when duration < min || duration > max =>
                Parsed.No<TimeSpan>($"is out of range: give {Durations.Show(min)} to {Durations.Show(max)}."),
            { } duration => duration,
        },
        // YAML reads an unquoted 0 as a number.
        () => new JsonObject
        {
            ["anyOf"] = new JsonArray(
                new JsonObject { ["type"] = "string", ["pattern"] = Durations.Pattern }, new JsonObject { ["const"] = 0 }),
        },
        value => Durations.Show(value));

    public static Shape<long> Size(long min, long max) => new ScalarShape<long>(
        "a size such as 1MiB",
        (text, _) => Sizes.Parse(text) switch
        {
            null => Parsed.No<long>("is not a size: write bytes, or 64KiB, 1MiB, 1GiB."),
            { } size when size < min || size > max => Parsed.No<long>($"is out of range: give {Sizes.Show(min)} to {Sizes.Show(max)}."),
            { } size => size,
        },
        () => new JsonObject { ["type"] = new JsonArray("integer", "string"), ["minimum"] = min, ["maximum"] = max, ["pattern"] = Sizes.Pattern },
        value => Sizes.Show(value));

    public static Shape<T> OneOf<T>(params (string Name, T Value)[] choices) where T : struct, Enum
    {
        string[] names = [.. choices.Select(choice => choice.Name)];
        var list = string.Join(", ", names);
        return new ScalarShape<T>(
            $"one of {list}",
            (text, _) => Array.IndexOf(names, text) is var index and >= 0
                ? choices[index].Value
                : Parsed.No<T>($"is not known: give one of {list}.{Spelling.Suggest(text, names)}"),
            () => Enumeration(names),
            value => choices.First(choice => EqualityComparer<T>.Default.Equals(choice.Value, value)).Name);
    }

    /// <summary>A file that must be there and hold JSON; the value is its absolute path.</summary>
    public static Shape<string> SchemaFile() => new ScalarShape<string>(
        "the path of a JSON Schema",
        (text, reader) =>
        {
            try
            {
                using var document = JsonDocument.Parse(reader.ReadFile(text));
                return document.RootElement.ValueKind is JsonValueKind.Object or JsonValueKind.True or JsonValueKind.False
                    ? Path.GetFullPath(text, reader.Source.Directory)
                    : Parsed.No<string>("is not a JSON Schema: the file must hold a JSON object.");
            }
            catch (JsonException exception)
            {
                return Parsed.No<string>($"is not JSON: {exception.Message}");
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
            {
                return Parsed.No<string>($"cannot be read ({exception.Message.TrimEnd('.')}): a path is relative to the configuration file.");
            }
        },
        () => new JsonObject { ["type"] = "string", ["minLength"] = 1 });

    private static JsonObject Enumeration(IReadOnlyList<string> choices) =>
        new() { ["enum"] = new JsonArray([.. choices.Select(choice => (JsonNode)choice)]) };
}
