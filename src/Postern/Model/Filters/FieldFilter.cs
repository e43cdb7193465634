namespace Postern.Model.Filters;

/// <summary>How a field is compared: case-sensitive, character by character.</summary>
internal enum Comparison
{
    Exact,
    Prefix,
    Suffix,
}

/// <summary><c>exact</c>, <c>prefix</c> or <c>suffix</c> of one field. A field that is missing never matches; of several values one must.</summary>
internal sealed class FieldFilter(FieldPath path, Comparison comparison, FieldValue operand) : Filter
{
    public FieldPath Path => path;

    public FieldValue Operand => operand;

    public override FieldFilter? Equality => comparison == Comparison.Exact && !path.SelectsMany ? this : null;

    public override bool Matches(EventFields fields)
    {
        foreach (ref readonly var value in fields.Get(path))
        {
            if (Holds(in value))
            {
                return true;
            }
        }

        return false;
    }

    public override void Release(FieldPool pool) => pool.Release(path);

    private bool Holds(in FieldValue value) =>
        value.Kind == operand.Kind && comparison switch
        {
            Comparison.Exact => value.Text == operand.Text,
            Comparison.Prefix => value.Text!.StartsWith(operand.Text!, StringComparison.Ordinal),
            _ => value.Text!.EndsWith(operand.Text!, StringComparison.Ordinal),
        };
}
