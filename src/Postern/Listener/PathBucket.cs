namespace Postern.Listener;

/// <summary>The subscriptions at one path, by event type.</summary>
internal sealed class PathBucket(string path)
{
    // A dictionary costs 200 bytes, and nearly every path has one or two types.
    private const int DictionaryFrom = 8;

    private TypeGroup[] few = [];
    private Dictionary<string, TypeGroup>? many;

    public string Path => path;

    /// <summary>Those that want every type.</summary>
    public TypeGroup? All { get; private set; }

    public bool IsEmpty => All is null && few.Length == 0 && many is null;

    public TypeGroup? Find(string type)
    {
        if (many is not null)
        {
            return many.GetValueOrDefault(type);
        }

        foreach (var group in few)
        {
            if (group.Type == type)
            {
                return group;
            }
        }

        return null;
    }

    public TypeGroup GetOrAdd(string? type)
    {
        if (type is null)
        {
            return All ??= new TypeGroup(this, null);
        }

        if (Find(type) is { } group)
        {
            return group;
        }

        group = new TypeGroup(this, type);
        if (many is null && few.Length < DictionaryFrom)
        {
            few = [.. few, group];
            return group;
        }

        many ??= few.ToDictionary(one => one.Type!, StringComparer.Ordinal);
        few = [];
        many[type] = group;
        return group;
    }

    public void Drop(TypeGroup group)
    {
        if (group.Type is null)
        {
            All = null;
        }
        else if (many is not null)
        {
            many.Remove(group.Type);
            many = many.Count == 0 ? null : many;
        }
        else
        {
            few = few.Length == 1 ? [] : Array.FindAll(few, one => one != group);
        }
    }
}
