using Postern.Model;
using Postern.Ports;
using Postern.Storage.Sql.Engine;

namespace Postern.Storage.Sql.Reading;

internal static class SubscriptionRows
{
    private const string Columns =
        "number, id, consumer, resource, key, callback, events, filter, mode, state, reason, created, metadata, secrets, after, version, retry, "
        + "ordered, queue, disabled_by, delivery, (SELECT since FROM health WHERE subscription = number), proof";

    public static Subscription? Find(Connection connection, string id)
    {
        using var rows = connection.Prepare($"SELECT {Columns} FROM subscriptions WHERE id = ?").Bind(id);
        return rows.Step() ? Read(rows) : null;
    }

    public static Subscription? FindOwn(Connection connection, string id, string consumer)
    {
        using var rows = connection.Prepare($"SELECT {Columns} FROM subscriptions WHERE id = ? AND consumer = ?").Bind(id).Bind(consumer);
        return rows.Step() ? Read(rows) : null;
    }

    public static Subscription? Read(Connection connection, long number)
    {
        using var rows = connection.Prepare($"SELECT {Columns} FROM subscriptions WHERE number = ?").Bind(number);
        return rows.Step() ? Read(rows) : null;
    }

    /// <summary>Its state; null when it does not exist any more.</summary>
    public static SubscriptionState? ReadState(Connection connection, long number)
    {
        using var rows = connection.Prepare("SELECT state FROM subscriptions WHERE number = ?").Bind(number);
        return rows.Step() ? (SubscriptionState)rows.Number(0) : null;
    }

    public static IReadOnlyList<Subscription> List(Connection connection, SubscriptionQuery query)
    {
        var conditions = new Conditions();
        if (query is { ThisPathOnly: true, Key: null })
        {
            conditions.Add("key IS NULL");
        }

        using var rows = conditions
            .Add("consumer = ?", query.Consumer)
            .Add("resource = ?", query.Resource)
            .Add("key = ?", query.Key)
            .Add("callback = ?", query.Callback)
            .Add("state = ?", (long?)query.State)
            .Add("queue IN (SELECT number FROM queues WHERE endpoint = ?)", query.Endpoint)
            .Add("number > ?", query.After)
            .Prepare(connection, $"SELECT {Columns} FROM subscriptions {{0}} ORDER BY number LIMIT ?")
            .Bind(query.Limit);
        var subscriptions = new List<Subscription>();
        while (rows.Step())
        {
            subscriptions.Add(Read(rows));
        }

        return subscriptions;
    }

    /// <summary>Of each queue the one whose receiver is to be asked first.</summary>
    public static IReadOnlyList<Subscription> ListProofsDue(Connection connection, DateTimeOffset now, int afterQueue, int limit)
    {
        using var rows = connection.Prepare(
            $"""
            SELECT {Columns} FROM
              ({connection.Dialect.FirstProofs}) each JOIN subscriptions ON number = first
            ORDER BY at
            """)
            .Bind(now.ToUnixTimeMilliseconds()).Bind(afterQueue).Bind(limit);
        var subscriptions = new List<Subscription>();
        while (rows.Step())
        {
            subscriptions.Add(Read(rows));
        }

        return subscriptions;
    }

    private static Subscription Read(Statement rows) => new()
    {
        Number = rows.Number(0),
        Id = rows.Text(1),
        Consumer = rows.Text(2),
        Resource = rows.Text(3),
        Key = rows.OptionalText(4),
        Callback = rows.Text(5),
        Events = StoredJson.ReadList(rows.OptionalText(6)) ?? [],
        Filter = rows.OptionalText(7),
        Mode = (CallbackMode)rows.Number(8),
        State = (SubscriptionState)rows.Number(9),
        Reason = rows.OptionalText(10),
        Created = rows.Ticks(11),
        Metadata = rows.OptionalText(12),
        Secrets = StoredJson.ReadSecrets(rows.Text(13)),
        After = rows.Number(14),
        Version = (int)rows.Number(15),
        Retry = StoredJson.ReadRetry(rows.OptionalText(16)),
        Order = (SubscriptionOrder)rows.Number(17),
        Queue = (int)rows.Number(18),
        DisabledBy = (DisabledBy?)rows.OptionalNumber(19),
        Delivery = StoredJson.ReadDelivery(rows.OptionalText(20)),
        FailingSince = rows.OptionalTime(21),
        Proof = StoredJson.ReadProof(rows.OptionalText(22)),
    };
}
