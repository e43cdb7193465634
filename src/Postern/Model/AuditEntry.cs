namespace Postern.Model;

/// <summary>One change and who made it. No secret is in it: what was changed is named, and not told.</summary>
public sealed record AuditEntry
{
    /// <summary>Grows with time.</summary>
    public required long Number { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>On whose behalf it was made, and how.</summary>
    public required CallOrigin Origin { get; init; }

    public required AuditTarget Target { get; init; }
}

/// <summary>What was changed.</summary>
/// <param name="Id">Its id, or its name.</param>
/// <param name="Consumer">Name of the consumer that it belongs to; null: nobody's.</param>
public sealed record AuditTarget(AuditKind Kind, string Id, string? Consumer = null)
{
    /// <summary>Names of the fields that differ afterwards; empty where it was made, removed or carried out as a whole.</summary>
    public IReadOnlyList<string> Changed { get; init; } = [];
}

public enum AuditKind
{
    Subscription = 0,
    Job = 1,
    Callback = 2,
    Erasure = 3,
    Configuration = 4,
    Consumer = 5,
}
