using System.Globalization;
using System.Text;

namespace Postern.Model.Filters;

/// <summary>
/// Reads the name of a field: a CloudEvents attribute (<c>type</c>), or a path into the data, <c>data.items[0].sku</c> or
/// <c>$.items[*]['odd name']</c> (of RFC 9535 the names, indexes and wildcards).
/// </summary>
internal static class FieldPathParser
{
    /// <summary>Null with an <paramref name="error"/> when the text names no field.</summary>
    public static FieldPath? Parse(string text, out string? error)
    {
        error = null;
        if (text.Length is 0 or > FilterLimits.PathLength)
        {
            error = text.Length == 0 ? "The name of the field is empty." : $"The name of the field is longer than {FilterLimits.PathLength} characters.";
            return null;
        }

        if (RootLength(text) is var root and > 0)
        {
            return ParseSteps(text, root, out error) is { } steps ? FieldPath.OfData(steps) : null;
        }

        if (!text.All(character => character is (>= 'a' and <= 'z') or (>= '0' and <= '9')))
        {
            error = $"'{text}' is no field: write the name of a CloudEvents attribute (a–z, 0–9) or a path into the data (data.customer.id, $.items[0].sku).";
            return null;
        }

        return FieldPath.OfAttribute(text);
    }

    private static int RootLength(string text) =>
        text[0] == '$' ? 1 : text == "data" || text.StartsWith("data.", StringComparison.Ordinal) || text.StartsWith("data[", StringComparison.Ordinal) ? 4 : 0;

    private static List<FieldStep>? ParseSteps(string text, int position, out string? error)
    {
        error = null;
        var steps = new List<FieldStep>();
        while (position < text.Length)
        {
            var start = position;
            var step = text[position] switch
            {
                '.' => ReadDotted(text, ref position),
                '[' => ReadBracketed(text, ref position),
                _ => null,
            };
            if (step is null)
            {
                error = $"'{text}' cannot be read at character {start + 1}: after a field stands .name, ['name'], [0], [-1] or [*]. Recursion (..), slices and conditions are not supported.";
                return null;
            }

            steps.Add(step.Value);
        }

        if (steps.Count > FilterLimits.Steps)
        {
            error = $"The path has more than {FilterLimits.Steps} steps.";
            return null;
        }

        return steps;
    }

    private static FieldStep? ReadDotted(string text, ref int position)
    {
        var start = ++position;
        while (position < text.Length && IsNameCharacter(text[position]))
        {
            position++;
        }

        if (position > start)
        {
            return FieldStep.Member(text[start..position]);
        }

        if (position < text.Length && text[position] == '*')
        {
            position++;
            return FieldStep.Any;
        }

        return null;
    }

    private static FieldStep? ReadBracketed(string text, ref int position)
    {
        position++;
        if (position >= text.Length)
        {
            return null;
        }

        FieldStep? step;
        if (text[position] is '\'' or '"')
        {
            step = ReadQuoted(text, ref position) is { } name ? FieldStep.Member(name) : null;
        }
        else if (text[position] == '*')
        {
            position++;
            step = FieldStep.Any;
        }
        else
        {
            step = ReadIndex(text, ref position);
        }

        return position < text.Length && text[position++] == ']' ? step : null;
    }

    private static string? ReadQuoted(string text, ref int position)
    {
        var quote = text[position++];
        var name = new StringBuilder();
        while (position < text.Length)
        {
            var character = text[position++];
            if (character == quote)
            {
                return name.ToString();
            }

            if (character == '\\')
            {
                if (position == text.Length)
                {
                    return null;
                }

                character = text[position++];
                if (character is not ('\\' or '\'' or '"' or '/'))
                {
                    return null;
                }
            }

            name.Append(character);
        }

        return null;
    }

    private static FieldStep? ReadIndex(string text, ref int position)
    {
        var start = position;
        while (position < text.Length && (char.IsAsciiDigit(text[position]) || (position == start && text[position] == '-')))
        {
            position++;
        }

        return int.TryParse(text.AsSpan(start, position - start), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var index)
            ? FieldStep.Element(index)
            : null;
    }

    // More than RFC 9535 lets stand unquoted: data.order-id is what people write.
    private static bool IsNameCharacter(char character) =>
        !char.IsWhiteSpace(character) && !char.IsControl(character) && !".[]*'\"?,:()@\\".Contains(character, StringComparison.Ordinal);
}
