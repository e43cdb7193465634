namespace Postern.Model.Filters;

/// <summary>A filter in the dialects of the CloudEvents Subscriptions API, ready to be asked about many events.</summary>
/// <remarks>Immutable. Its fields belong to the <see cref="FieldPool"/> it was parsed with, and it may be asked only with views of that pool.</remarks>
internal abstract class Filter
{
    public abstract bool Matches(EventFields fields);

    /// <summary>A condition that must hold for the whole to hold and that names one value: an index can look it up. Null when there is none.</summary>
    public virtual FieldFilter? Equality => null;

    /// <summary>Gives the fields back to the pool they came from; the filter must not be asked afterwards.</summary>
    public abstract void Release(FieldPool pool);
}

/// <summary><c>all</c>, an array of filters, and several fields in one comparison: every part must hold.</summary>
internal sealed class AllFilter(IReadOnlyList<Filter> parts) : Filter
{
    private readonly Filter[] parts = [.. parts];

    public override FieldFilter? Equality
    {
        get
        {
            foreach (var part in parts)
            {
                if (part.Equality is { } equality)
                {
                    return equality;
                }
            }

            return null;
        }
    }

    public override bool Matches(EventFields fields)
    {
        foreach (var part in parts)
        {
            if (!part.Matches(fields))
            {
                return false;
            }
        }

        return true;
    }

    public override void Release(FieldPool pool) => Array.ForEach(parts, part => part.Release(pool));
}

/// <summary><c>any</c>: one part must hold.</summary>
internal sealed class AnyFilter(IReadOnlyList<Filter> parts) : Filter
{
    private readonly Filter[] parts = [.. parts];

    public override bool Matches(EventFields fields)
    {
        foreach (var part in parts)
        {
            if (part.Matches(fields))
            {
                return true;
            }
        }

        return false;
    }

    public override void Release(FieldPool pool) => Array.ForEach(parts, part => part.Release(pool));
}

/// <summary><c>not</c>: true also where the field the inner filter asks for is missing.</summary>
internal sealed class NotFilter(Filter inner) : Filter
{
    public override bool Matches(EventFields fields) => !inner.Matches(fields);

    public override void Release(FieldPool pool) => inner.Release(pool);
}
