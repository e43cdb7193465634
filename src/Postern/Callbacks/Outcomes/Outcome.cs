using System.Globalization;
using Postern.Callbacks.Sending;
using Postern.Configuration.Values;
using Postern.Model;
using Postern.Model.Retries;

namespace Postern.Callbacks.Outcomes;

/// <summary>What becomes of a callback after an attempt (Standard Webhooks 1.0.0, "Delivery").</summary>
internal static class Outcome
{
    /// <param name="made">Attempts made, this one among them.</param>
    /// <param name="since">Since when the callback is owed.</param>
    /// <param name="random">From 0 to 1, for the jitter.</param>
    public static CallbackOutcome Of(in Reply reply, int made, RetryPolicy policy, DateTimeOffset since, DateTimeOffset now, double random) =>
        OutcomeTable.Of(reply).Verdict switch
        {
            Verdict.Delivered => CallbackOutcome.Delivered.Instance,
            Verdict.Gone => CallbackOutcome.Gone.Instance,
            _ => AgainOrDead(reply, made, policy, since, now, random),
        };

    private static CallbackOutcome AgainOrDead(in Reply reply, int made, RetryPolicy policy, DateTimeOffset since, DateTimeOffset now, double random)
    {
        if (reply.Status is { } status && !policy.Retries(status))
        {
            return new CallbackOutcome.Dead($"{Error(reply)} Its retry policy does not try that again.");
        }

        return RetryTime.Next(policy, made, since, now, RetryAfter.Parse(reply.RetryAfter, now), random) is { } again
            ? new CallbackOutcome.RetryAt(again)
            : new CallbackOutcome.Dead(string.Create(
                CultureInfo.InvariantCulture, $"{made} {(made == 1 ? "attempt" : "attempts")} failed in {Durations.Show(policy.GiveUpAfter)}. The last one: {Error(reply)}"));
    }

    /// <summary>What went wrong, for the developer at the other end; null when delivered.</summary>
    public static string? Error(in Reply reply) => reply switch
    {
        { IsSuccess: true } => null,
        { Fault: { } fault } => fault.Text,
        { Status: 410 } => "The receiver answered 410 Gone: its subscription has ended.",
        { Status: >= 300 and < 400 and not 304 } => $"The receiver answered {reply.Status}, a redirect. Redirects are not followed: subscribe with the URL itself.",
        { Status: >= 100 and < 600 } => $"The receiver answered {reply.Status}.",
        _ => $"The receiver answered {reply.Status:000}, which is no HTTP status.",
    };

    public static AttemptOutcome Kind(CallbackOutcome outcome) => outcome switch
    {
        CallbackOutcome.Delivered => AttemptOutcome.Delivered,
        CallbackOutcome.Gone => AttemptOutcome.Gone,
        CallbackOutcome.Dead => AttemptOutcome.Dead,
        CallbackOutcome.RetryAt => AttemptOutcome.Retry,
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "No attempt ends like this."),
    };
}
