using Postern.Subscriptions.Proving;

namespace Postern.Subscriptions;

/// <summary>On what terms a subscription may stand: its consumer may read what it is about, has room for it, and its receiver consents.</summary>
internal sealed class SubscriptionTerms(ReadRight readRight, SubscriptionQuota quota, SharedProofs proofs)
{
    public ReadRight ReadRight => readRight;

    public SubscriptionQuota Quota => quota;

    public SharedProofs Proofs => proofs;
}
