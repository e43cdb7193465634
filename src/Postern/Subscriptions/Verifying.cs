using Microsoft.AspNetCore.Http;
using Postern.Model;
using Postern.Model.Access;
using Postern.Operations;

namespace Postern.Subscriptions;

/// <summary>Has a receiver asked for its consent now, and not when its turn comes.</summary>
internal sealed class Verifying(OwnSubscriptions own, TimeProvider time)
{
    /// <summary>Between two questions that were asked for.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    public IReadOnlyList<Operation> Operations =>
    [
        new Operation
        {
            Id = "verifySubscription", Method = "POST", Scope = ScopeVerb.Subscribe, Path = "/{resource}/subscriptions/{id}/verify", Tag = Answers.Tag,
            Summary = "Have the callback verified now",
            Description = "The receiver at the callback URL is asked for its consent at once; what came of it stands in `verification`. The questions of a pending one stay as few as they are.",
            Handle = VerifyAsync,
            Responses =
            [
                new(202, "Its receiver is asked.", typeof(SubscriptionView)), Answers.NotFound,
                Answers.Error(409, "There is nothing to verify: its API asks for no proof, it is paused, or it has ended."),
                Answers.Error(429, "It was asked less than a minute ago; again after `Retry-After`."), .. Answers.Always,
            ],
        },
    ];

    private async Task VerifyAsync(HttpContext context)
    {
        var found = await own.FindAsync(context);
        if (found is not { Proof: { } proof, State: SubscriptionState.Active or SubscriptionState.Pending })
        {
            throw Problems.Conflict($"There is nothing to verify for the subscription {found.Id}: its API asks for no proof, it is paused, or it has ended.");
        }

        var now = time.GetUtcNow();
        if (proof.Asked + Pause - now is { } wait && wait > TimeSpan.Zero)
        {
            throw new ProblemException(
                Problems.Make(429, "too-many-requests", "Too many requests", "Its receiver was asked less than a minute ago: look at `verification`, and ask again after Retry-After."), wait);
        }

        var changed = await own.ChangeAsync(
            context, found,
            current => current is { Proof: { } known, State: SubscriptionState.Active or SubscriptionState.Pending } && known.Due != now
                ? current with { Proof = known with { Due = now } }
                : null);
        await context.Response.WriteAsync(202, SubscriptionView.Of(changed, now));
    }
}
