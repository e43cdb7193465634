using System.ComponentModel;
using Postern.Model;

namespace Postern.Operations;

[Description("Whether the receiver at the callback URL has consented to be called back.")]
internal sealed record ProofView
{
    [Description("When it last consented; missing: never yet.")]
    public DateTimeOffset? Verified { get; init; }

    [Description("Until when that counts: it is asked again ahead of time. Missing: never verified.")]
    public DateTimeOffset? Until { get; init; }

    [Description("When it is asked next.")]
    public DateTimeOffset? Next { get; init; }

    [Description("When it was asked last; missing: not yet.")]
    public DateTimeOffset? LastAsked { get; init; }

    [Description("How often it was asked in vain since its last consent.")]
    public required int Failures { get; init; }

    [Description("Why the last question was in vain; missing when it was not.")]
    public string? Error { get; init; }

    [Description("Callbacks a minute that it consented to; missing: it set no limit.")]
    public int? Rate { get; init; }

    public static ProofView? Of(Subscription subscription) => subscription.Proof is not { } proof ? null : new ProofView
    {
        Verified = proof.Given,
        Until = proof.Until,
        Next = subscription.State is SubscriptionState.Active or SubscriptionState.Pending ? proof.Due : null,
        LastAsked = proof.Asked,
        Failures = proof.Failures,
        Error = proof.Error,
        Rate = proof.Rate,
    };
}
