using System.Globalization;
using Postern.Configuration;
using Postern.Model;

namespace Postern.Subscriptions.Proving;

/// <summary>What becomes of a subscription when its receiver is asked for its consent, or the consent has ended.</summary>
internal static class ProofRule
{
    // About four hours: long enough for a deployment that went wrong, short enough not to trouble somebody who never asked for callbacks.
    private static readonly TimeSpan[] waits =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(10),
        TimeSpan.FromMinutes(30), TimeSpan.FromHours(1), TimeSpan.FromHours(2),
    ];

    // A renewal that fails is tried again when a third of what is left of the lease is over.
    private const int SharesOfRest = 3;
    private static readonly TimeSpan ShortestRenewal = TimeSpan.FromMinutes(1);

    // Renewed when four fifths of the lease are over.
    private const double RenewAt = 0.8;

    /// <summary>How often a receiver is asked before its subscription ends.</summary>
    public static int MostQuestions => waits.Length + 1;

    public static Subscription After(Subscription subscription, ProofAnswer answer, TimeSpan lease, DateTimeOffset now) => answer switch
    {
        ProofAnswer.Consent consent => Given(subscription, consent, lease, now),
        ProofAnswer.Refusal refusal => Refused(subscription, refusal.Error, now),
        _ => throw new ArgumentOutOfRangeException(nameof(answer), answer, "There is no such answer."),
    };

    /// <summary>The consent has ended and was not renewed: nothing is sent until it is given again.</summary>
    public static Subscription Ended(Subscription subscription, DateTimeOffset now) => subscription with
    {
        State = SubscriptionState.Pending,
        Reason = string.Create(
            CultureInfo.InvariantCulture,
            $"Its receiver's consent ended at {subscription.Proof!.Until:u} and was not renewed.{(subscription.Proof.Error is { } error ? " The last answer: " + error : "")}"),
        Proof = subscription.Proof with { Due = now, Failures = 0 },
    };

    /// <summary>Nothing is to be proved any more.</summary>
    public static Subscription Freed(Subscription subscription) => subscription with { State = SubscriptionState.Active, Reason = null, Proof = null };

    private static Subscription Given(Subscription subscription, ProofAnswer.Consent consent, TimeSpan lease, DateTimeOffset now) => subscription with
    {
        State = SubscriptionState.Active,
        Reason = null,
        Proof = new Proof { Given = now, Until = now + lease, Due = now + lease * RenewAt, Asked = now, Origin = consent.Origin, Rate = consent.Rate },
    };

    private static Subscription Refused(Subscription subscription, string error, DateTimeOffset now)
    {
        var proof = subscription.Proof!;
        var asked = proof with { Asked = now, Failures = proof.Failures + 1, Error = error };
        if (subscription.State == SubscriptionState.Active)
        {
            return subscription with { Proof = asked with { Due = Renewal(proof.Until!.Value, now) } };
        }

        return asked.Failures < MostQuestions
            ? subscription with { Proof = asked with { Due = now + waits[asked.Failures - 1] } }
            : subscription with
            {
                State = SubscriptionState.Gone,
                Reason = string.Create(
                    CultureInfo.InvariantCulture, $"Its receiver did not consent to be called back, asked {asked.Failures} times. The last answer: {error}"),
                Proof = asked with { Due = null },
            };
    }

    /// <summary>Never later than the end: then it stops being sent to.</summary>
    private static DateTimeOffset Renewal(DateTimeOffset until, DateTimeOffset now)
    {
        var wait = (until - now) / SharesOfRest;
        var due = now + (wait > ShortestRenewal ? wait : ShortestRenewal);
        return due < until ? due : until;
    }
}
