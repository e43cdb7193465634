using Postern.Ports;
using Postern.Storage.Sql.Engine;
using Postern.Storage.Sql.Writing;

namespace Postern.Storage.Sql.Erasing;

/// <summary>What an order goes through. Each phase may be begun again: what it finds to erase is what is still there.</summary>
internal enum ErasurePhase
{
    Subscriptions = 0,
    Events = 1,

    /// <summary>What was owed for the events and subscriptions that are gone.</summary>
    Callbacks = 2,
    Answers = 3,

    /// <summary>The file holds nothing of it any more, the write-ahead log may.</summary>
    Log = 4,
    Finished = 5,
}

/// <summary>The row of an order.</summary>
internal sealed record StoredErasure(long Number, ErasureOrder Order, ErasurePhase Phase, long Position, long Last, Erasure Report)
{
    private const string Columns =
        "number, id, subject, source, consumer, requested, finished, phase, position, last, events, callbacks, attempts, subscriptions, answers";

    public static StoredErasure? Find(Connection connection, string id) =>
        Read(connection.Prepare($"SELECT {Columns} FROM erasures WHERE id = ?").Bind(id));

    public static StoredErasure? Next(Connection connection) =>
        Read(connection.Prepare($"SELECT {Columns} FROM erasures WHERE finished IS NULL ORDER BY number LIMIT 1"));

    public static void Add(WriteTransaction transaction, string id, ErasureOrder order) =>
        transaction.Prepare(
            """
            INSERT INTO erasures (id, subject, source, consumer, requested, phase, position, last, events, callbacks, attempts, subscriptions, answers)
            VALUES (?, ?, ?, ?, ?, ?, 0, ?, 0, 0, 0, 0, 0)
            """)
            .Bind(id).Bind(order.Subject).Bind(order.Source).Bind(order.Consumer)
            .Bind(transaction.Now.ToUnixTimeMilliseconds())
            .Bind((int)(order.Consumer is null ? ErasurePhase.Events : ErasurePhase.Subscriptions))
            .Bind(transaction.Counters.LastSequence)
            .Run();

    /// <summary>Writes how far it has come. Whom it is about is forgotten with the last row of theirs.</summary>
    public void Save(WriteTransaction transaction)
    {
        var forgotten = Phase >= ErasurePhase.Log;
        transaction.Prepare(
            """
            UPDATE erasures SET subject = ?, source = ?, consumer = ?, finished = ?, phase = ?, position = ?, events = ?, callbacks = ?, attempts = ?,
              subscriptions = ?, answers = ?
            WHERE number = ?
            """)
            .Bind(forgotten ? null : Order.Subject).Bind(forgotten ? null : Order.Source).Bind(forgotten ? null : Order.Consumer)
            .Bind(Report.Finished?.ToUnixTimeMilliseconds())
            .Bind((int)Phase).Bind(Position)
            .Bind(Report.Events).Bind(Report.Callbacks).Bind(Report.Attempts).Bind(Report.Subscriptions).Bind(Report.Answers)
            .Bind(Number)
            .Run();
    }

    private static StoredErasure? Read(Statement statement)
    {
        using (statement)
        {
            return statement.Step()
                ? new StoredErasure(
                    statement.Number(0),
                    new ErasureOrder(statement.OptionalText(2), statement.OptionalText(3), statement.OptionalText(4)),
                    (ErasurePhase)statement.Number(7),
                    statement.Number(8),
                    statement.Number(9),
                    new Erasure
                    {
                        Id = statement.Text(1),
                        Requested = statement.Time(5),
                        Finished = statement.OptionalTime(6),
                        Events = statement.Number(10),
                        Callbacks = statement.Number(11),
                        Attempts = statement.Number(12),
                        Subscriptions = statement.Number(13),
                        Answers = statement.Number(14),
                    })
                : null;
        }
    }
}
