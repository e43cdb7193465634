using Postern.Model;

namespace Postern.Ports;

/// <remarks>
/// Whatever is changed while <see cref="CallOrigin.Current"/> says on whose behalf (a subscription, a job, a dead callback that is owed again, an order
/// to erase) is written into the audit log by the method that changes it, in the same commit: neither is ever there without the other.
/// </remarks>
public partial interface IStore
{
    /// <summary>Writes down what was changed elsewhere than in the store, on behalf of <see cref="CallOrigin.Current"/>.</summary>
    ValueTask AuditAsync(AuditTarget target, CancellationToken cancellation);

    /// <summary>Entries of the audit log, newest first.</summary>
    ValueTask<IReadOnlyList<AuditEntry>> ListAuditAsync(AuditQuery query, CancellationToken cancellation);
}

/// <summary>Which entries of the audit log to list; what is null does not restrict.</summary>
public sealed record AuditQuery
{
    public string? Actor { get; init; }
    public string? Action { get; init; }
    public AuditKind? Kind { get; init; }

    /// <summary>Id or name of what was changed.</summary>
    public string? Target { get; init; }

    /// <summary>Name of the consumer whose it is.</summary>
    public string? Consumer { get; init; }

    /// <summary>Only those with a smaller number; null: from the newest.</summary>
    public long? Before { get; init; }

    public int Limit { get; init; } = 100;
}
