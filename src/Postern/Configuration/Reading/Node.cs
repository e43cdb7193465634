namespace Postern.Configuration.Reading;

/// <summary>Where something was said.</summary>
/// <param name="Origin">The file, <c>environment variable NAME</c> or <c>command line</c>.</param>
/// <param name="Line">From 1; null outside of the file.</param>
internal sealed record Place(string Origin, int? Line);

/// <summary>What was said, before anybody knows what it means. Immutable: an override makes a new tree.</summary>
internal abstract record Node(Place Place)
{
    /// <summary>For messages: what it is, in the user's words.</summary>
    public abstract string Kind { get; }
}

/// <param name="Plain">Written without quotes: <c>null</c> and <c>~</c> then mean nothing at all.</param>
internal sealed record ScalarNode(string Value, bool Plain, Place Place) : Node(Place)
{
    public bool IsNull => Plain && Value is "" or "~" or "null" or "Null" or "NULL";

    public override string Kind => "a single value";
}

internal sealed record ListNode(IReadOnlyList<Node> Items, Place Place) : Node(Place)
{
    public override string Kind => "a list";
}

internal sealed record MapNode(IReadOnlyList<MapEntry> Entries, Place Place) : Node(Place)
{
    public override string Kind => "a mapping of keys to values";

    public static MapNode Empty(Place place) => new([], place);
}

/// <param name="AnyCase">The key came from an environment variable, whose case says nothing.</param>
internal sealed record MapEntry(string Key, Place Place, Node Value, bool AnyCase = false);
