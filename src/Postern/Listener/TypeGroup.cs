using Postern.Model.Filters;

namespace Postern.Listener;

/// <summary>
/// The subscriptions at one path that want one event type, or all of them: in the list itself those to ask one by one, and
/// beside it those whose filter demands one value of one field, by field and value. 10,000 of the latter cost one look-up.
/// </summary>
/// <param name="type">Null: all types.</param>
internal sealed class TypeGroup(PathBucket bucket, string? type) : IndexList
{
    public PathBucket Bucket => bucket;

    public string? Type => type;

    /// <summary>By the slot of the field; null when there are none.</summary>
    public Dictionary<int, FieldIndex>? Fields { get; private set; }

    public bool IsEmpty => Count == 0 && Fields is null;

    public IndexList ListFor(FieldFilter? equality)
    {
        if (equality is null)
        {
            return this;
        }

        Fields ??= [];
        if (!Fields.TryGetValue(equality.Path.Slot, out var index))
        {
            Fields[equality.Path.Slot] = index = new FieldIndex(equality.Path);
        }

        if (!index.Lists.TryGetValue(equality.Operand, out var list))
        {
            index.Lists[equality.Operand] = list = new ValueList(this, index, equality.Operand);
        }

        return list;
    }

    public void Drop(ValueList list)
    {
        list.Index.Lists.Remove(list.Value);
        if (list.Index.Lists.Count == 0)
        {
            Fields!.Remove(list.Index.Path.Slot);
        }

        if (Fields!.Count == 0)
        {
            Fields = null;
        }
    }
}

/// <summary>The subscriptions of a group that compare one field.</summary>
internal sealed class FieldIndex(FieldPath path)
{
    public FieldPath Path => path;

    public Dictionary<FieldValue, ValueList> Lists { get; } = [];
}

/// <summary>The subscriptions of a group that demand one value of one field.</summary>
internal sealed class ValueList(TypeGroup group, FieldIndex index, FieldValue value) : IndexList
{
    public TypeGroup Group => group;

    public FieldIndex Index => index;

    public FieldValue Value => value;
}
