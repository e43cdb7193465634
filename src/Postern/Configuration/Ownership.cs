using Postern.Model;
using Postern.Model.Resources;

namespace Postern.Configuration;

/// <summary>What the receiver at a callback URL must show before it is called back: what the API says over what holds for all.</summary>
public static class Ownership
{
    /// <summary>How the subscriptions at a path are verified.</summary>
    public static Verification Of(PosternConfiguration configuration, string path) =>
        (OwnResources.Hold(path) ? null : configuration.ApiAt(path)?.Verify) ?? configuration.Verification.Default;

    /// <summary>
    /// The subscription as it is to take callbacks: active where nothing is to be proved, or its proof holds; pending otherwise, and its
    /// receiver is asked at once. After a 410 or a refusal an old consent does not count.
    /// </summary>
    /// <param name="shared">A proof of the same consumer for the same URL, which counts too; null: none.</param>
    public static Subscription Activate(Subscription subscription, PosternConfiguration configuration, DateTimeOffset now, Proof? shared = null)
    {
        var own = subscription.State == SubscriptionState.Gone ? null : subscription.Proof;
        if (Of(configuration, subscription.Path) is var kind && kind == Verification.None)
        {
            return Active(subscription, proof: null);
        }

        return new[] { own, shared }.FirstOrDefault(proof => proof is not null && proof.Holds(now) && IsOf(proof, kind)) is { } held
            ? Active(subscription, held)
            : subscription with { State = SubscriptionState.Pending, Reason = Waits(kind), DisabledBy = null, Proof = Proof.Wanted(now) };
    }

    /// <summary>Whether a proof was given in this way: only a handshake is given to an origin.</summary>
    internal static bool IsOf(Proof proof, Verification kind) => kind == Verification.Handshake == proof.Origin is not null;

    internal static string Waits(Verification kind) => kind == Verification.Handshake
        ? "Waits until its receiver consents in its answer to OPTIONS (WebHook-Allowed-Origin)."
        : "Waits until its receiver gives the challenge back (hub.challenge).";

    private static Subscription Active(Subscription subscription, Proof? proof) =>
        subscription with { State = SubscriptionState.Active, Reason = null, DisabledBy = null, Proof = proof };
}
