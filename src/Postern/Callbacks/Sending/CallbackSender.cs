using Microsoft.Extensions.Logging;
using Postern.Callbacks.Hosts;
using Postern.Callbacks.Lanes;
using Postern.Callbacks.Outcomes;
using Postern.Configuration;
using Postern.Egress;
using Postern.Egress.Delivery;
using Postern.Faults;
using Postern.Model;
using Postern.Model.Retries;

namespace Postern.Callbacks.Sending;

/// <summary>Makes one attempt.</summary>
internal sealed class CallbackSender(
    EgressClient egress, OAuthClient tokens, HostLimits hosts, LiveConfiguration live, TimeProvider time, ILogger<CallbackSender> logger)
{
    private static readonly TimeSpan ShortagePause = TimeSpan.FromSeconds(2);

    /// <returns>The result to record, without an attempt where the gateway could make none, and what it tells the lane; null when it was taken back before it was sent.</returns>
    public async Task<(CallbackResult Result, LaneAnswer Answer)?> SendAsync(DueCallback callback, Event @event, SubscriptionRuntime subscription)
    {
        var configuration = live.Current;
        var at = time.GetUtcNow();
        var started = time.GetTimestamp();
        EgressTrace? trace = null;
        Reply reply;
        var stalled = false;
        string? allowedRate = null;
        CallbackDelivery? delivery = null;

        using var visit = hosts.Begin(subscription.Destination.IdnHost, configuration.Callbacks.Hosts);
        if (!visit.IsAdmitted)
        {
            return Postpone(callback, subscription, visit.Wait);
        }

        // One deadline for everything: name, connection, handshake, request, response.
        using var deadline = new CancellationTokenSource(configuration.Callbacks.Timeout, time);
        try
        {
            delivery = subscription.Delivery;
            using var request = CallbackMessage.Create(@event, subscription, at, (ulong)Random.Shared.NextInt64());
            request.Tls = delivery.TlsOf(configuration, subscription.Path);
            trace = request.Trace;
            trace.MaySend = subscription.MaySend;
            trace.MayReach = visit.MayReach;
            var token = await delivery.AddTokenAsync(request.Headers, tokens, deadline.Token);
            CrashPoint.Reach(CrashPoints.SendBefore);
            using var response = await egress.SendAsync(request, deadline.Token);
            CrashPoint.Reach(CrashPoints.SendAfterStatus);
            var (kept, broken) = await ResponseReader.ReadAsync(response.Content, deadline.Token);
            CrashPoint.Reach(CrashPoints.SendAfterBody);
            stalled = broken is OperationCanceledException;

            // The status line is the answer: a 2xx whose body breaks off has still taken the callback.
            reply = new Reply((int)response.StatusCode, HeaderOf(response, "Retry-After"), kept, null);
            if (token is not null)
            {
                delivery.Token!.Judge(token, (int)response.StatusCode);
            }

            allowedRate = HeaderOf(response, "WebHook-Allowed-Rate") ?? subscription.AllowedRate;
        }
        catch (Exception exception)
        {
            reply = new Reply(null, null, default, Explain(exception, trace, callback));
        }

        if (reply.Fault?.Failure == EgressFailure.Withdrawn)
        {
            return null;
        }

        if (reply.Fault is { Failure: EgressFailure.Shortage } shortage)
        {
            CallbacksLog.Short(logger, callback.Id, shortage.Text);
            return Postpone(callback, subscription, ShortagePause * (1 + Random.Shared.NextDouble()));
        }

        if (reply.Fault?.Failure == EgressFailure.Busy)
        {
            return Postpone(callback, subscription, visit.Wait);
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
        var answer = LaneAnswer.Of(reply, LaneWindow.Signal(reply, stalled), duration, at + duration, allowedRate, delivery?.HasOwnTls == true);
        return (new CallbackResult(callback, outcome, attempt) { Queue = subscription.Queue }, answer);
    }

    /// <summary>Nobody was called, and the endpoint has no part in it.</summary>
    private (CallbackResult, LaneAnswer)? Postpone(DueCallback callback, SubscriptionRuntime subscription, TimeSpan wait) =>
        (new CallbackResult(callback, new CallbackOutcome.RetryAt(time.GetUtcNow() + wait), null) { Queue = subscription.Queue }, default);

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
    private static string? HeaderOf(HttpResponseMessage response, string name) =>
        response.Headers.NonValidated.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;
}
