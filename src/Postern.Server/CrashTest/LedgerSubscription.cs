namespace Postern.Server.CrashTest;

/// <summary>What the ledger keeps of one subscription.</summary>
internal sealed class LedgerSubscription(in Entry subscribing)
{
    public int Classes { get; } = subscribing.Key;

    public uint NotBefore { get; } = subscribing.Number;

    /// <summary>The <see cref="EndpointKind"/> of its address.</summary>
    public uint Endpoint { get; } = subscribing.Id;

    public bool IsOrdered { get; } = subscribing.Marks.HasFlag(Marks.Ordered);

    public bool IsReplayed { get; } = subscribing.Marks.HasFlag(Marks.Replayed);

    /// <summary>Null: it was never answered, and may or may not be there.</summary>
    public uint? OwedFrom { get; set; }

    public bool IsEnding { get; set; }

    public long? Ended { get; set; }

    public NumberSet Delivered { get; } = new();

    /// <summary>In which life of the node an event was taken the last time, where nothing but a crash explains that it comes again.</summary>
    public NumberMap TakenIn { get; } = new();

    /// <summary>The newest delivered event by record.</summary>
    public Dictionary<int, uint> Newest { get; } = [];
}
