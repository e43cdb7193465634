using Microsoft.AspNetCore.Http;
using Postern.Configuration;
using Postern.Model;
using Postern.Model.Access;
using Postern.Operations;

namespace Postern.Subscriptions;

/// <summary>Pauses and resumes. Asking again for what stands already changes nothing and is answered the same.</summary>
internal sealed class Pausing(OwnSubscriptions own, SubscriptionTerms terms, TimeProvider time)
{
    public const string Reason = "Paused by its consumer.";

    public IReadOnlyList<Operation> Operations =>
    [
        new Operation
        {
            Id = "pauseSubscription", Method = "POST", Scope = ScopeVerb.Subscribe, Path = "/{resource}/subscriptions/{id}/pause", Tag = Answers.Tag,
            Summary = "Pause a subscription",
            Description = "It goes on taking events; their callbacks are kept and sent when it is resumed.",
            Handle = PauseAsync,
            Responses = Describe("The subscription, paused.", "It has ended or waits for its verification: there is nothing to pause."),
        },
        new Operation
        {
            Id = "resumeSubscription", Method = "POST", Scope = ScopeVerb.Subscribe, Path = "/{resource}/subscriptions/{id}/resume", Tag = Answers.Tag,
            Summary = "Resume a subscription",
            Description = "One that was paused sends what it kept. One that has ended (`disabled`, `gone`) takes events again from now on: repair its endpoint first. "
                + "What an operator has disabled, only an operator can enable.",
            Handle = ResumeAsync,
            Responses = Describe("The subscription: active, or pending where its receiver has to consent first.", "It waits for its verification, or an operator has disabled it."),
        },
    ];

    internal static Subscription? Pause(Subscription subscription) => subscription.State == SubscriptionState.Active
        ? subscription with { State = SubscriptionState.Paused, Reason = Reason }
        : null;

    internal static Subscription? Resume(Subscription subscription, PosternConfiguration configuration, DateTimeOffset now, Proof? shared) =>
        subscription.State is SubscriptionState.Paused or SubscriptionState.Disabled or SubscriptionState.Gone
        && subscription.DisabledBy != DisabledBy.Operator
            ? Ownership.Activate(subscription, configuration, now, shared)
            : null;

    private async Task PauseAsync(HttpContext context)
    {
        var found = await own.FindAsync(context);
        await AnswerAsync(context, await own.ChangeAsync(context, found, Pause), static state => state == SubscriptionState.Paused);
    }

    private async Task ResumeAsync(HttpContext context)
    {
        var (found, configuration, now) = (await own.FindAsync(context), context.GatewayCall().Configuration, time.GetUtcNow());
        var shared = await terms.Proofs.FindAsync(found.Consumer, found.Path, found.Callback, configuration, context.RequestAborted);

        // One that has ended is counted again when it comes back.
        using var place = Ended.Is(found) ? await terms.Quota.TakeAsync(context.GatewayCall(), found.Id, context.RequestAborted) : null;
        var moved = false;
        var changed = await own.ChangeAsync(context, found, current =>
        {
            var wanted = Resume(current, configuration, now, shared);
            moved = wanted is not null;
            return wanted;
        });
        await AnswerAsync(context, changed, state => state == SubscriptionState.Active || (moved && state == SubscriptionState.Pending));
    }

    /// <summary>What a move left alone it would leave alone again from the state it asks for: only a state without that way out differs.</summary>
    private async Task AnswerAsync(HttpContext context, Subscription changed, Func<SubscriptionState, bool> reached)
    {
        if (!reached(changed.State))
        {
            throw Problems.Conflict(changed switch
            {
                { State: SubscriptionState.Pending } => $"The subscription {changed.Id} waits until its callback is verified.",
                { DisabledBy: DisabledBy.Operator } =>
                    $"The gateway's operator has disabled the subscription {changed.Id} ({changed.Reason}) and alone can enable it again: ask them.",
                _ => $"The subscription {changed.Id} has ended ({changed.Reason ?? "no reason is known"}); resume it first.",
            });
        }

        await context.Response.WriteAsync(200, SubscriptionView.Of(changed, time.GetUtcNow()));
    }

    private static IReadOnlyList<OperationResponse> Describe(string done, string conflict) =>
        [new(200, done, typeof(SubscriptionView)), Answers.NotFound, Answers.Error(409, conflict), .. Answers.Always];
}
