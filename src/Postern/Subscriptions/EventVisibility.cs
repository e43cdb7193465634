using Postern.Configuration;
using Postern.Model;
using Postern.Model.Resources;
using Postern.Operations;

namespace Postern.Subscriptions;

/// <summary>Whether an event may be shown to a subscription, whatever its types and filter ask for.</summary>
internal static class EventVisibility
{
    public static bool MaySee(Subscription subscription, EventContent content, GatewayCall call) =>
        content.Target is { } target
            ? target == subscription.Number
            : ResourcePath.IsAtOrBelow(content.Path, subscription.Path)
              && EventAudience.MaySee(call.Configuration, content, subscription.Consumer)
              && (OwnResources.Hold(content.Path) ? OwnResources.Hold(subscription.Path) : ApiOf(content.Path, call) == call.Api);

    /// <summary>The API a path belongs to: that with the longest path above it. A subscription to all of one API does not see another below it.</summary>
    private static string? ApiOf(string path, GatewayCall call) => call.Configuration.Apis
        .Select(api => (api.Key, Path: ResourcePath.Trim(api.Value.Path)))
        .Where(api => ResourcePath.IsAtOrBelow(path, api.Path))
        .MaxBy(api => api.Path.Length).Key;
}
