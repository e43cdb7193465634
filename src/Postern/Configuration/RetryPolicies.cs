using Postern.Model;
using Postern.Model.Retries;

namespace Postern.Configuration;

/// <summary>Which policy holds: what the subscription says over what its API says over what holds for all.</summary>
public static class RetryPolicies
{
    /// <summary>The policy of a subscription; asked anew after each failure, so that a changed configuration holds for what is owed already.</summary>
    /// <param name="path">Path of the subscription's resource.</param>
    /// <param name="subscription">What it says itself.</param>
    public static RetryPolicy Of(PosternConfiguration configuration, string path, RetrySettings? subscription) =>
        OfOperator(configuration, path).WithSubscription(subscription);

    /// <summary>What the operator says for the subscriptions at a path: the most that they may ask for.</summary>
    public static RetryPolicy OfOperator(PosternConfiguration configuration, string path) =>
        RetryPolicy.Default.With(configuration.Callbacks.Retry).With(ApiAt(configuration, path)?.Retry);

    /// <summary>The API that a path belongs to, the one with the longest path of its own; null for a path of none.</summary>
    internal static ApiConfiguration? ApiAt(PosternConfiguration configuration, string path)
    {
        ApiConfiguration? found = null;
        foreach (var api in configuration.Apis.Values)
        {
            if (ResourcePath.IsAtOrBelow(path, ResourcePath.Trim(api.Path)) && (found is null || api.Path.Length > found.Path.Length))
            {
                found = api;
            }
        }

        return found;
    }
}
