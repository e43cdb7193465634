using Microsoft.AspNetCore.Http;
using Postern.Model;
using Postern.Model.Access;
using Postern.Operations;

namespace Postern.Subscriptions;

/// <summary>Pauses and resumes. Asking again for what stands already changes nothing and is answered the same.</summary>
internal sealed class Pausing(OwnSubscriptions own, TimeProvider time)
{
    public const string Reason = "Paused by its consumer.";

    public IReadOnlyList<Operation> Operations =>
    [
        new Operation
        {
            Id = "pauseSubscription", Method = "POST", Scope = ScopeVerb.Subscribe, Path = "/{resource}/subscriptions/{id}/pause", Tag = Answers.Tag,
            Summary = "Pause a subscription",
            Description = "It goes on taking events; their callbacks are kept and sent when it is resumed.",
            Handle = context => MoveAsync(context, Pause),
            Responses = Describe("The subscription, paused.", "It has ended or waits for its verification: there is nothing to pause."),
        },
        new Operation
        {
            Id = "resumeSubscription", Method = "POST", Scope = ScopeVerb.Subscribe, Path = "/{resource}/subscriptions/{id}/resume", Tag = Answers.Tag,
            Summary = "Resume a subscription",
            Description = "One that was paused sends what it kept. One that has ended (`disabled`, `gone`) takes events again from now on: repair its endpoint first. "
                + "What an operator has disabled, only an operator can enable.",
            Handle = context => MoveAsync(context, Resume),
            Responses = Describe("The subscription, active.", "It waits for its verification, or an operator has disabled it."),
        },
    ];

    internal static Subscription? Pause(Subscription subscription) => subscription.State == SubscriptionState.Active
        ? subscription with { State = SubscriptionState.Paused, Reason = Reason }
        : null;

    internal static Subscription? Resume(Subscription subscription) =>
        subscription.State is SubscriptionState.Paused or SubscriptionState.Disabled or SubscriptionState.Gone
        && subscription.DisabledBy != DisabledBy.Operator
            ? subscription with { State = SubscriptionState.Active, Reason = null }
            : null;

    private async Task MoveAsync(HttpContext context, Func<Subscription, Subscription?> move)
    {
        var found = await own.FindAsync(context);
        var changed = await own.ChangeAsync(context, found, move);

        // The move left it alone, and would again from the state it asks for: only a state without that way out differs.
        var reached = move == Pause ? SubscriptionState.Paused : SubscriptionState.Active;
        if (changed.State != reached)
        {
            throw Problems.Conflict(changed switch
            {
                { State: SubscriptionState.Pending } => $"The subscription {found.Id} waits until its callback is verified.",
                { DisabledBy: DisabledBy.Operator } =>
                    $"The gateway's operator has disabled the subscription {found.Id} ({changed.Reason}) and alone can enable it again: ask them.",
                _ => $"The subscription {found.Id} has ended ({changed.Reason ?? "no reason is known"}); resume it first.",
            });
        }

        await context.Response.WriteAsync(200, SubscriptionView.Of(changed, time.GetUtcNow()));
    }

    private static IReadOnlyList<OperationResponse> Describe(string done, string conflict) =>
        [new(200, done, typeof(SubscriptionView)), Answers.NotFound, Answers.Error(409, conflict), .. Answers.Always];
}
