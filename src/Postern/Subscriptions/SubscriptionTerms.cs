using Postern.Subscriptions.Proving;

namespace Postern.Subscriptions;

/// <summary>On what terms a subscription may stand: its consumer may read what it is about, has room for it, and its receiver consents.</summary>
internal sealed record SubscriptionTerms(ReadRight ReadRight, SubscriptionQuota Quota, SharedProofs Proofs);
