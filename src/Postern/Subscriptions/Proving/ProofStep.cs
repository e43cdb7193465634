using Microsoft.Extensions.Logging;
using Postern.Configuration;
using Postern.Faults;
using Postern.Model;
using Postern.Monitoring;
using Postern.Ports;

namespace Postern.Subscriptions.Proving;

/// <summary>What is done about one subscription whose proof is due: it is asked for, has ended, or is not needed any more.</summary>
internal sealed class ProofStep(
    IStore store, SharedProofs shared, ProofQuestion question, LiveConfiguration live, TimeProvider time, PosternMeter meter, ILogger<ProofStep> logger)
{
    /// <summary>Whether its receiver is asked now.</summary>
    public bool Asks(Subscription subscription) => Ownership.Of(live.Current, subscription.Path) != Verification.None && !HasEnded(subscription);

    public async Task RunAsync(Subscription subscription, CancellationToken stopping)
    {
        var configuration = live.Current;
        var kind = Ownership.Of(configuration, subscription.Path);
        if (kind == Verification.None)
        {
            await CommitAsync(subscription, ProofRule.Freed, configuration, stopping);
        }
        else if (HasEnded(subscription))
        {
            var now = time.GetUtcNow();
            await CommitAsync(subscription, current => HasEnded(current) ? ProofRule.Ended(current, now) : null, configuration, stopping);
        }
        else
        {
            await AskAsync(subscription, kind, configuration, stopping);
        }
    }

    private async Task AskAsync(Subscription subscription, Verification kind, PosternConfiguration configuration, CancellationToken stopping)
    {
        CrashPoint.Reach(CrashPoints.ProofBeforeAsking);
        var answer = await question.AskAsync(subscription, kind, configuration, stopping);
        var now = time.GetUtcNow();
        meter.Proofs.Add(1, new KeyValuePair<string, object?>("result", answer is ProofAnswer.Consent ? "given" : "refused"));
        CrashPoint.Reach(CrashPoints.ProofBeforeCommit);
        await CommitAsync(subscription, current => ProofRule.After(current, answer, configuration.Verification.Lease, now), configuration, stopping);
        CrashPoint.Reach(CrashPoints.ProofAfterCommit);
        if (answer is ProofAnswer.Consent)
        {
            await ShareAsync(subscription, answer, kind, now, configuration, stopping);
        }
    }

    /// <summary>The others with this very URL need not ask for what was just given.</summary>
    private async Task ShareAsync(
        Subscription subscription, ProofAnswer answer, Verification kind, DateTimeOffset now, PosternConfiguration configuration, CancellationToken stopping)
    {
        await foreach (var other in shared.WithAsync(subscription.Consumer, subscription.Callback, stopping))
        {
            if (other.Id != subscription.Id && Ownership.Of(configuration, other.Path) == kind)
            {
                await CommitAsync(other, current => ProofRule.After(current, answer, configuration.Verification.Lease, now), configuration, stopping);
            }
        }
    }

    /// <param name="change">Of one that still has the URL that was asked, and still waits for a proof or has one.</param>
    private async Task CommitAsync(Subscription asked, Func<Subscription, Subscription?> change, PosternConfiguration configuration, CancellationToken stopping)
    {
        var (before, now) = (asked.State, time.GetUtcNow());
        var stands = await store.ChangeSubscriptionAsync(
            asked.Id,
            current =>
            {
                before = current.State;
                return current.Callback == asked.Callback && current is { Proof: not null, State: SubscriptionState.Active or SubscriptionState.Pending }
                    ? change(current)
                    : null;
            },
            after => ProofNews.Of(before, after, now, configuration), stopping);
        if (stands is not null && stands.State != before)
        {
            logger.Proved(stands.Id, stands.State, stands.Reason ?? "its receiver has consented");
        }
    }

    private bool HasEnded(Subscription subscription) =>
        subscription is { State: SubscriptionState.Active, Proof: { } proof } && !proof.Holds(time.GetUtcNow());
}
