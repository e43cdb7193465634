using Postern.Model;
using Postern.Ports;
using Postern.Storage.Sql;
using Postern.Storage.Sql.Engine;
using Postern.Storage.Sql.Reading;
using Postern.Storage.Sql.Writing;

namespace Postern.Storage.PostgreSql.Peers;

/// <summary>A row of the table <c>changes</c>: an effect of a commit, as other nodes learn of it.</summary>
internal sealed record ToldChange(ChangeKind Kind)
{
    public const string Columns = "kind, subscription, name, consumer, log, flag, left_queue, left_callback, events";

    public long? Subscription { get; init; }

    /// <summary>Id of the subscription, or name of the consumer.</summary>
    public string? Name { get; init; }

    /// <summary>Whose the subscription is.</summary>
    public string? Consumer { get; init; }

    /// <summary>End of the event log when it was committed.</summary>
    public long Log { get; init; }

    public ChangeFlag Flag { get; init; }

    public long? LeftQueue { get; init; }

    public string? LeftCallback { get; init; }

    public string? Events { get; init; }

    /// <summary>Null: the others need not know of it, or see it in the counters.</summary>
    public static ToldChange? Of(object effect) => effect switch
    {
        SubscriptionChange change => new ToldChange(ChangeKind.Subscription)
        {
            Subscription = change.Subscription.Number,
            Name = change.Subscription.Id,
            Consumer = change.Subscription.Consumer,
            Log = change.Log,
            Flag = change.Removed ? ChangeFlag.Removed : change.StartsAfresh ? ChangeFlag.StartsAfresh : ChangeFlag.None,
            LeftQueue = change.Left?.Queue,
            LeftCallback = change.Left?.Callback,
        },
        ConsumerChange change => new ToldChange(ChangeKind.Consumer) { Name = change.Name },
        JobsChange => new ToldChange(ChangeKind.Jobs),
        RemovedEvents removed when removed.Sequences.Count > 0 => new ToldChange(ChangeKind.RemovedEvents) { Events = StoredJson.Write(removed.Sequences) },
        MoreToDo more => new ToldChange(ChangeKind.MoreToDo) { Subscription = more.Subscription, Flag = (ChangeFlag)more.Rest },
        _ => null,
    };

    public static ToldChange Read(Statement row) => new((ChangeKind)row.Number(0))
    {
        Subscription = row.OptionalNumber(1),
        Name = row.OptionalText(2),
        Consumer = row.OptionalText(3),
        Log = row.Number(4),
        Flag = (ChangeFlag)row.Number(5),
        LeftQueue = row.OptionalNumber(6),
        LeftCallback = row.OptionalText(7),
        Events = row.OptionalText(8),
    };

    public void Bind(Statement insertion) => insertion
        .Bind((long)Kind).Bind(Subscription).Bind(Name).Bind(Consumer).Bind(Log).Bind((long)Flag).Bind(LeftQueue).Bind(LeftCallback).Bind(Events);

    /// <summary>The effect, with what it is about as that stands now; null: it is gone since, and a later change says so.</summary>
    public object? ToEffect(Connection connection) => Kind switch
    {
        ChangeKind.Subscription => ToSubscriptionChange(connection),
        ChangeKind.Consumer => new ConsumerChange(Name!, ConsumerRows.Find(connection, Name!)?.Consumer),
        ChangeKind.Jobs => JobsChange.Instance,
        ChangeKind.RemovedEvents => new RemovedEvents(StoredJson.ReadNumbers(Events)),
        ChangeKind.MoreToDo => new MoreToDo(Subscription!.Value, (Rest)Flag),
        // Written by a newer version: nothing that this one keeps in memory.
        _ => null,
    };

    private SubscriptionChange? ToSubscriptionChange(Connection connection)
    {
        if (Flag == ChangeFlag.Removed)
        {
            return new SubscriptionChange(Gone(), Removed: true, Log);
        }

        return SubscriptionRows.Read(connection, Subscription!.Value) is { } stands
            ? new SubscriptionChange(stands, Removed: false, Log)
            {
                StartsAfresh = Flag == ChangeFlag.StartsAfresh,
                Left = LeftQueue is { } queue ? stands with { Queue = (int)queue, Callback = LeftCallback! } : null,
            }
            : null;
    }

    /// <summary>What is left of one that was removed: its names. Nobody calls it back.</summary>
    private Subscription Gone() => new()
    {
        Number = Subscription!.Value, Id = Name!, Consumer = Consumer!, Resource = "/", Callback = "about:blank", Created = DateTimeOffset.UnixEpoch, Secrets = [],
    };
}

internal enum ChangeKind
{
    Subscription = 0,
    Consumer = 1,
    Jobs = 2,
    RemovedEvents = 3,
    MoreToDo = 4,
}

/// <summary>More about a change of a subscription; of <see cref="ChangeKind.MoreToDo"/> it is the <see cref="Rest"/>.</summary>
internal enum ChangeFlag
{
    None = 0,
    Removed = 1,
    StartsAfresh = 2,
}
