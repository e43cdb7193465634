using System.Globalization;
using System.Text;

namespace Postern.Model.Filters;

/// <summary>Names what a filter compares: an attribute of the event, or a place in its data.</summary>
/// <param name="Text">The same for every spelling of the same path.</param>
/// <param name="Attribute">Name of a CloudEvents attribute; null for a path into the data.</param>
/// <param name="Steps">From the root of the data inward.</param>
/// <param name="Slot">Where an <see cref="EventFields"/> keeps the field's values; given by the pool.</param>
internal sealed record FieldPath(string Text, string? Attribute, IReadOnlyList<FieldStep> Steps, int Slot)
{
    /// <summary>It may have more than one value, because it has a wildcard.</summary>
    public bool SelectsMany { get; } = Steps.Any(step => step.Kind == FieldStepKind.Any);

    public static FieldPath OfAttribute(string name) => new(name, name, [], 0);

    public static FieldPath OfData(IReadOnlyList<FieldStep> steps)
    {
        var text = new StringBuilder("$");
        foreach (var step in steps)
        {
            _ = step.Kind switch
            {
                FieldStepKind.Name => text.Append("['")
                    .Append(step.Name!.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)).Append("']"),
                FieldStepKind.Index => text.Append(CultureInfo.InvariantCulture, $"[{step.Index}]"),
                _ => text.Append("[*]"),
            };
        }

        return new FieldPath(text.ToString(), null, steps, 0);
    }
}

internal enum FieldStepKind
{
    /// <summary>A member of an object.</summary>
    Name,

    /// <summary>An element of an array; negative: from its end.</summary>
    Index,

    /// <summary>Every element of an array, every member of an object.</summary>
    Any,
}

internal readonly record struct FieldStep(FieldStepKind Kind, string? Name, int Index)
{
    public static FieldStep Any { get; } = new(FieldStepKind.Any, null, 0);

    public static FieldStep Member(string name) => new(FieldStepKind.Name, name, 0);

    public static FieldStep Element(int index) => new(FieldStepKind.Index, null, index);
}
