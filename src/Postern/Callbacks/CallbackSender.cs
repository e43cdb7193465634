using Microsoft.Extensions.Logging;
using Postern.Configuration;
using Postern.Egress;
using Postern.Model;
using Postern.Model.Retries;

namespace Postern.Callbacks;

/// <summary>Makes one attempt.</summary>
internal sealed class CallbackSender(EgressClient egress, LiveConfiguration live, TimeProvider time, ILogger<CallbackSender> logger)
{
    /// <param name="maySend">Asked right before bytes go out.</param>
    /// <returns>The result to record and what it tells the lane; null when it was taken back before it was sent.</returns>
    public async Task<(CallbackResult Result, LaneSignal Signal)?> SendAsync(
        DueCallback callback, Event @event, SubscriptionRuntime subscription, Func<bool> maySend)
    {
        var configuration = live.Current;
        var at = time.GetUtcNow();
        var started = time.GetTimestamp();
        EgressTrace? trace = null;
        Reply reply;
        var stalled = false;

        // One deadline for everything: name, connection, handshake, request, response.
        using var deadline = new CancellationTokenSource(configuration.Callbacks.Timeout, time);
        try
        {
            using var request = CallbackMessage.Create(@event, subscription, at, (ulong)Random.Shared.NextInt64());
            trace = request.Trace;
            trace.MaySend = maySend;
            using var response = await egress.SendAsync(request, deadline.Token);
            var (kept, broken) = await ResponseReader.ReadAsync(response.Content, deadline.Token);
            stalled = broken is OperationCanceledException;

            // The status line is the answer: a 2xx whose body breaks off has still taken the callback.
            reply = new Reply((int)response.StatusCode, RetryAfterOf(response), kept, null);
        }
        catch (Exception exception)
        {
            reply = new Reply(null, null, default, Explain(exception, trace, callback));
        }

        if (reply.Fault?.Failure == EgressFailure.Withdrawn)
        {
            return null;
        }

        var duration = time.GetElapsedTime(started);

        // Asked now and not when the callback was made: what the operator changes holds for what is owed already.
        var policy = RetryPolicies.Of(configuration, subscription.Path, subscription.Retry);
        var outcome = Outcome.Of(
            reply, callback.Attempts + 1, policy, RetryBudget.Since(callback, @event.Staged), at + duration, Random.Shared.NextDouble());
        var attempt = new Attempt
        {
            At = at,
            Outcome = Outcome.Kind(outcome),
            Status = reply.Status,
            Duration = duration,
            Error = Outcome.Error(reply),
            Address = trace?.Address,
            Response = reply.Body,
        };
        return (new CallbackResult(callback, outcome, attempt), LaneWindow.Signal(reply, stalled));
    }

    private EgressFault Explain(Exception exception, EgressTrace? trace, DueCallback callback)
    {
        if (EgressFault.Of(exception, trace?.Phase ?? default) is { } fault)
        {
            return fault;
        }

        CallbacksLog.NotSent(logger, callback.Id, exception);
        return new EgressFault(EgressFailure.Gateway, "The gateway could not make this callback; its operator finds the reason in the log.");
    }

    // As it came: the typed property does not know a number with twenty digits.
    private static string? RetryAfterOf(HttpResponseMessage response) =>
        response.Headers.NonValidated.TryGetValues("Retry-After", out var values) ? values.FirstOrDefault() : null;
}
