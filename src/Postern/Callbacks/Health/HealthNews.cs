using System.Globalization;
using Postern.Callbacks.Outcomes;
using Postern.Configuration;
using Postern.Model;
using Postern.Model.Resources;
using Postern.Operations.Announcements;

namespace Postern.Callbacks.Health;

/// <summary>What the gateway says of a result: about its subscription, and about a callback that was given up.</summary>
internal static class HealthNews
{
    /// <summary>The result with its change of health and its announcements.</summary>
    /// <param name="now">When it is judged: the time of what comes without an attempt.</param>
    public static CallbackResult Complete(
        CallbackResult result, HealthVerdict verdict, Failing? before, SubscriptionRuntime subscription, Event @event, PosternConfiguration configuration,
        DateTimeOffset now)
    {
        var told = verdict.Told ?? (result.Outcome is CallbackOutcome.Gone ? AnnouncementType.Gone : null);
        var dead = result.Outcome is CallbackOutcome.Dead given ? given.Reason : null;
        if (OwnResources.Hold(subscription.Resource) || (told is null && dead is null))
        {
            // A subscription to what is announced is not announced itself: it would go round in circles.
            return verdict.Change is null ? result : result with { Health = verdict.Change };
        }

        var announcements = new List<EventContent>(2);
        if (told is not null)
        {
            announcements.Add(OfSubscription(told, result, verdict, before, subscription, configuration));
        }

        if (dead is not null)
        {
            announcements.Add(OfCallback(result, dead, subscription, @event, configuration, now));
        }

        return result with { Health = verdict.Change, Announcements = announcements };
    }

    private static EventContent OfSubscription(
        AnnouncementType type, CallbackResult result, HealthVerdict verdict, Failing? before, SubscriptionRuntime subscription, PosternConfiguration configuration)
    {
        var attempt = result.Attempt!;
        var since = (verdict.After ?? (verdict.Change as HealthChange.Disabled)?.Failing ?? before)?.Since;
        var (state, reason) = verdict.Change switch
        {
            HealthChange.Disabled disabled => (SubscriptionState.Disabled, disabled.Reason),
            HealthChange.Recovered => (subscription.State, Say($"An attempt succeeded; all had failed since {since:u}.")),
            null => (SubscriptionState.Gone, "Its receiver answered 410 Gone."),
            _ => (subscription.State, Say($"Every attempt since {since:u} has failed.")),
        };

        // What a subscription can be more than once, but not twice since the same moment or in the same version of it.
        var occasion = type == AnnouncementType.Gone
            ? Say($"{subscription.Id}:gone:v{subscription.Version}")
            : Say($"{subscription.Id}:{type.Name[(type.Name.LastIndexOf('.') + 1)..]}:{since!.Value.ToUnixTimeMilliseconds()}");
        var data = new SubscriptionData
        {
            Subscription = subscription.Id, Consumer = subscription.Consumer, Resource = subscription.Resource, Key = subscription.Key,
            Endpoint = subscription.Endpoint, State = state, Reason = reason, FailingSince = since, Status = attempt.Status, Error = attempt.Error,
        };
        return Announcement.Of(type, subscription.Id, occasion, subscription.Consumer, data, attempt.At + attempt.Duration, configuration);
    }

    private static EventContent OfCallback(
        CallbackResult result, string reason, SubscriptionRuntime subscription, Event @event, PosternConfiguration configuration, DateTimeOffset now)
    {
        var id = CallbackId.Format(result.Callback.Id);
        var attempts = result.Callback.Attempts + (result.Attempt is null ? 0 : 1);
        var at = result.Attempt is { } attempt ? attempt.At + attempt.Duration : now;
        var data = new DeadCallbackData
        {
            Callback = id, Event = @event.Id, EventType = @event.Content.Type, Subscription = subscription.Id, Consumer = subscription.Consumer,
            Resource = subscription.Resource, Key = subscription.Key, Endpoint = subscription.Endpoint, Attempts = attempts,
            Since = @event.Staged, Reason = reason, Status = result.Attempt?.Status,
        };

        // One that was replayed may die again, at another time.
        return Announcement.Of(
            AnnouncementType.Dead, subscription.Id, Say($"{id}:dead:{at.ToUnixTimeMilliseconds()}"), subscription.Consumer, data, at, configuration);
    }

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
