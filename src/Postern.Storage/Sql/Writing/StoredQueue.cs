using Postern.Model;

namespace Postern.Storage.Sql.Writing;

/// <summary>The numbers of queues: one for each consumer at each endpoint, given once and kept.</summary>
internal static class StoredQueue
{
    public static int NumberOf(WriteTransaction transaction, Subscription subscription)
    {
        var endpoint = EndpointOf(subscription.Callback);
        using (var rows = transaction.Prepare("SELECT number FROM queues WHERE endpoint = ? AND consumer = ?")
            .Bind(endpoint).Bind(subscription.Consumer))
        {
            if (rows.Step())
            {
                return (int)rows.Number(0);
            }
        }

        using var added = transaction.Prepare("INSERT INTO queues (endpoint, consumer) VALUES (?, ?) RETURNING number")
            .Bind(endpoint).Bind(subscription.Consumer);
        added.Step();
        return (int)added.Number(0);
    }

    /// <summary>The queue of a subscription; null when it does not exist any more.</summary>
    public static int? OfSubscription(WriteTransaction transaction, long subscription)
    {
        using var rows = transaction.Prepare("SELECT queue FROM subscriptions WHERE number = ?").Bind(subscription);
        return rows.Step() ? (int)rows.Number(0) : null;
    }

    /// <summary>A callback that is no URL was never accepted; a store that holds one all the same must still open.</summary>
    public static string EndpointOf(string callback) =>
        Uri.TryCreate(callback, UriKind.Absolute, out var url) ? EndpointName.Of(url) : callback;
}
