using Postern.Model;
using Postern.Model.Filters;

namespace Postern.Listener;

/// <summary>What the index keeps of one subscription: a million of them have to fit.</summary>
/// <remarks>One that takes no events is kept too, without places, so that an older version which comes late is told apart.</remarks>
internal sealed class IndexEntry
{
    public required long Number { get; init; }

    public required int Version { get; init; }

    public required string Consumer { get; init; }

    /// <summary>It takes the events after this sequence.</summary>
    public required long After { get; init; }

    public Filter? Filter { get; init; }

    public SubscriptionOrder Order { get; init; }

    /// <summary>Where it stands in the index, so that it is taken out without a search; none when it takes no events.</summary>
    public IndexPlace[] Places { get; set; } = [];
}

/// <summary>One place of an entry.</summary>
internal struct IndexPlace
{
    public IndexList List;
    public int Position;
}
