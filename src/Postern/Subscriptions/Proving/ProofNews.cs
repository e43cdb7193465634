using System.Globalization;
using Postern.Configuration;
using Postern.Model;
using Postern.Model.Resources;
using Postern.Operations.Announcements;

namespace Postern.Subscriptions.Proving;

/// <summary>What the gateway says when a subscription's consent was given, has ended, or was refused for good.</summary>
internal static class ProofNews
{
    /// <param name="before">The state it had.</param>
    /// <param name="after">As it stands now.</param>
    public static IReadOnlyList<EventContent> Of(SubscriptionState before, Subscription after, DateTimeOffset now, PosternConfiguration configuration)
    {
        // A subscription to what is announced is not announced itself: it would go round in circles.
        if (before == after.State || OwnResources.Hold(after.Resource))
        {
            return [];
        }

        var (type, what) = after.State switch
        {
            SubscriptionState.Active => (AnnouncementType.Verified, "verified"),
            SubscriptionState.Pending => (AnnouncementType.Unverified, "unverified"),
            _ => (AnnouncementType.Gone, "gone"),
        };
        var data = new SubscriptionData
        {
            Subscription = after.Id, Consumer = after.Consumer, Resource = after.Resource, Key = after.Key,
            Endpoint = EndpointName.Of(new Uri(after.Callback)), State = after.State,
            Reason = after.Reason ?? "Its receiver has consented to be called back.", FailingSince = after.FailingSince, Error = after.Proof?.Error,
        };
        var occasion = string.Create(CultureInfo.InvariantCulture, $"{after.Id}:{what}:v{after.Version}");
        return [Announcement.Of(type, after.Id, occasion, after.Consumer, data, now, configuration)];
    }
}
