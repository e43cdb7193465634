using Postern.Configuration;
using Postern.Model;
using Postern.Subscriptions.Proving;

namespace Postern.Tests.Subscriptions;

public sealed class ProofRuleTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly TimeSpan Lease = TimeSpan.FromDays(30);
    private static readonly ProofAnswer Refusal = new ProofAnswer.Refusal("The receiver answered 500.");
    private static readonly ProofAnswer Consent = new ProofAnswer.Consent("gateway.example.com", 60);

    [Fact]
    public void A_consent_makes_it_active_until_the_lease_is_over_and_is_asked_again_before()
    {
        var proved = ProofRule.After(Pending(), Consent, Lease, Now);

        Assert.Equal((SubscriptionState.Active, null), (proved.State, proved.Reason));
        Assert.Equal(
            new Proof { Given = Now, Until = Now + Lease, Due = Now.AddDays(24), Asked = Now, Origin = "gateway.example.com", Rate = 60 }, proved.Proof);
    }

    [Fact]
    public void A_receiver_that_never_consents_is_asked_eight_times_in_four_hours_and_then_never_again()
    {
        var (subscription, now, asked) = (Pending(), Now, 0);
        while (subscription.Proof!.Due is { } due)
        {
            now = due;
            subscription = ProofRule.After(subscription, Refusal, Lease, now);
            asked++;
        }

        Assert.Equal((ProofRule.MostQuestions, SubscriptionState.Gone), (asked, subscription.State));
        Assert.InRange(now - Now, TimeSpan.FromHours(3), TimeSpan.FromHours(4));
        Assert.Equal("Its receiver did not consent to be called back, asked 8 times. The last answer: The receiver answered 500.", subscription.Reason);
    }

    [Fact]
    public void A_renewal_that_fails_is_tried_again_ever_sooner_and_leaves_it_active_until_the_end()
    {
        var subscription = ProofRule.After(Pending(), Consent, Lease, Now);
        var (until, asked) = (subscription.Proof!.Until!.Value, 0);
        while (subscription.Proof!.Due < until)
        {
            var due = subscription.Proof.Due!.Value;
            subscription = ProofRule.After(subscription, Refusal, Lease, due);
            Assert.Equal(SubscriptionState.Active, subscription.State);
            Assert.True(subscription.Proof!.Due > due);
            asked++;
        }

        Assert.InRange(asked, 3, 30);
        var ended = ProofRule.Ended(subscription, until);
        Assert.Equal((SubscriptionState.Pending, until, 0), (ended.State, ended.Proof!.Due, ended.Proof.Failures));
        Assert.Contains("The last answer: The receiver answered 500.", ended.Reason!, StringComparison.Ordinal);
    }

    [Fact]
    public void Resuming_is_no_way_around_the_proof()
    {
        var configuration = With(Verification.Challenge);
        foreach (var state in new[] { SubscriptionState.Paused, SubscriptionState.Disabled, SubscriptionState.Gone })
        {
            var unproved = Ownership.Activate(Pending() with { State = state, Proof = null }, configuration, Now);
            Assert.Equal((SubscriptionState.Pending, Now), (unproved.State, unproved.Proof!.Due));
        }
    }

    [Fact]
    public void A_proof_counts_until_its_end_for_its_own_kind_and_not_after_the_receiver_has_ended_it()
    {
        var proof = new Proof { Given = Now, Until = Now + Lease };
        var paused = Pending() with { State = SubscriptionState.Paused, Proof = proof };

        Assert.Equal(SubscriptionState.Active, Ownership.Activate(paused, With(Verification.Challenge), Now).State);
        Assert.Equal(SubscriptionState.Pending, Ownership.Activate(paused, With(Verification.Challenge), Now + Lease).State);
        Assert.Equal(SubscriptionState.Pending, Ownership.Activate(paused, With(Verification.Handshake), Now).State);
        Assert.Equal(SubscriptionState.Pending, Ownership.Activate(paused with { State = SubscriptionState.Gone }, With(Verification.Challenge), Now).State);
        Assert.Equal(SubscriptionState.Active, Ownership.Activate(paused with { Proof = null }, With(Verification.None), Now).State);
        Assert.Equal(SubscriptionState.Active, Ownership.Activate(paused with { Proof = null }, With(Verification.Challenge), Now, shared: proof).State);
    }

    [Fact]
    public void An_api_says_otherwise_than_what_holds_for_all()
    {
        var configuration = With(Verification.Challenge) with
        {
            Apis = new Dictionary<string, ApiConfiguration>
            {
                ["shop"] = new() { Upstream = [], Path = "/shop", Verify = Verification.None }, ["blog"] = new() { Upstream = [], Path = "/blog" },
            },
        };

        Assert.Equal(Verification.None, Ownership.Of(configuration, "/shop/orders"));
        Assert.Equal(Verification.Challenge, Ownership.Of(configuration, "/blog"));
        Assert.Equal(Verification.Challenge, Ownership.Of(configuration, "/postern"));
    }

    private static PosternConfiguration With(Verification kind) => new() { Verification = new VerificationConfiguration { Default = kind } };

    private static Subscription Pending() => new()
    {
        Id = "sub_1", Consumer = "acme", Resource = "/orders", Callback = "https://example.com/hooks", Created = Now, Secrets = [],
        State = SubscriptionState.Pending, Proof = Proof.Wanted(Now),
    };
}
