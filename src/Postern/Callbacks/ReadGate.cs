using Postern.Configuration;
using Postern.Egress.Reading;
using Postern.Model;
using Postern.Model.Retries;
using Postern.Monitoring;

namespace Postern.Callbacks;

/// <summary>Holds back what its consumer may not read, by the word of the API.</summary>
internal sealed class ReadGate(ReadCheck reads, LiveConfiguration live, TimeProvider time, PosternMeter meter)
{
    /// <summary>A callback stands in its lane for so long; a slower answer is there when it comes again.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan ShortestWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    // The longer it has been owed, the longer it waits: an API that is down for hours is not asked for everything each second.
    private const int ShareOfAge = 4;

    /// <summary>What becomes of a callback that may not be sent now; null when it may.</summary>
    public async ValueTask<CallbackResult?> WithholdAsync(DueCallback callback, Event @event, SubscriptionRuntime subscription)
    {
        var (configuration, now, started) = (live.Current, time.GetUtcNow(), time.GetTimestamp());
        if (ReadTarget.Of(configuration, subscription.Consumer, @event.Content) is not { } target)
        {
            return null;
        }

        switch (await reads.AskAsync(target, Patience), target.Api.ReadCheck!.Unknown)
        {
            case (ReadAnswer.Yes, _) or (ReadAnswer.Unknown, UnknownRead.Allow):
                return null;
            case (ReadAnswer.Unknown, UnknownRead.Later):
                return Later(callback, @event, subscription, configuration, now);
            default:
                meter.CallbacksWithheld.Add(1);
                return new CallbackResult(callback, CallbackOutcome.Dropped.Instance, new Attempt
                {
                    At = now, Outcome = AttemptOutcome.Withheld, Duration = time.GetElapsedTime(started),
                    Error = "Nothing was sent: the API does not let the consumer read this record.",
                });
        }
    }

    private CallbackResult Later(DueCallback callback, Event @event, SubscriptionRuntime subscription, PosternConfiguration configuration, DateTimeOffset now)
    {
        meter.CallbacksUnread.Add(1);
        var since = RetryBudget.Since(callback, @event.Staged);
        if (RetryBudget.IsOver(RetryPolicies.Of(configuration, subscription.Path, subscription.Retry), since, now - LongestWait))
        {
            return new CallbackResult(
                callback, new CallbackOutcome.Dead("The API did not say whether the consumer may read this record until the time for its retries was up."), null);
        }

        var wait = (now - since) / ShareOfAge;
        return new CallbackResult(callback, new CallbackOutcome.RetryAt(now + (wait < ShortestWait ? ShortestWait : wait > LongestWait ? LongestWait : wait)), null);
    }
}
