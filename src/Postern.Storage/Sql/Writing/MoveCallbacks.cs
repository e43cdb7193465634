using Postern.Model;
using Postern.Storage.Sql.Reading;

namespace Postern.Storage.Sql.Writing;

/// <summary>
/// Takes what waits for a subscription out of a queue it has left, a bounded number of rows in each commit. True when there may be more.
/// Nothing comes into that queue for it any more: whatever is to wait goes where the subscription goes in that commit.
/// </summary>
internal sealed class MoveCallbacks(MovePiece piece, CancellationToken cancellation) : WriteOperation<bool>(cancellation)
{
    // On the writer's thread: others wait while it looks.
    private const int Looks = 5_000;

    public override bool IsIsolated => true;

    protected override bool Change(WriteTransaction transaction)
    {
        if (!IsWhereItBegins(transaction))
        {
            // Changed again meanwhile: what stands is read again.
            return true;
        }

        // Removed meanwhile: what is left is dropped when it comes up.
        var subscription = SubscriptionRows.Read(transaction.Connection, piece.From.Subscription);
        if (subscription is not null && piece.Found.Count > 0)
        {
            Apply(transaction, piece, subscription.Queue);

            // Whoever works on its queue looks at its backlog again.
            transaction.Changed(subscription);
        }

        if (subscription is null || piece.Last)
        {
            transaction.Prepare("DELETE FROM moves WHERE subscription = ? AND queue = ?").Bind(piece.From.Subscription).Bind(piece.From.Queue).Run();
        }
        else
        {
            transaction.Prepare("UPDATE moves SET due = ?, id = ? WHERE subscription = ? AND queue = ?")
                .Bind(piece.To.Due).Bind(piece.To.Id).Bind(piece.From.Subscription).Bind(piece.From.Queue).Run();
        }

        return true;
    }

    /// <summary>The first step, in the commit that gives the subscription another queue.</summary>
    public static void Begin(WriteTransaction transaction, Subscription changed, int left)
    {
        // Back in a queue that it has left before: what is still there is where it should be.
        transaction.Prepare("DELETE FROM moves WHERE subscription = ? AND queue = ?").Bind(changed.Number).Bind(changed.Queue).Run();
        var first = MoveRows.Find(transaction.Connection, new Move(changed.Number, left, 0, 0), Looks);
        Apply(transaction, first, changed.Queue);
        if (!first.Last)
        {
            transaction.Prepare("INSERT INTO moves (subscription, queue, due, id) VALUES (?, ?, ?, ?)")
                .Bind(changed.Number).Bind(left).Bind(first.To.Due).Bind(first.To.Id).Run();
            transaction.Moved(changed.Number);
        }
    }

    private static void Apply(WriteTransaction transaction, MovePiece piece, int queue)
    {
        // What was to wait because the old endpoint failed is due now: that says nothing about the new one.
        var now = transaction.Now.ToUnixTimeMilliseconds();
        foreach (var (due, id) in piece.Found)
        {
            transaction.Prepare(
                """
                INSERT INTO backlog (queue, due, id, event, subscription, attempts, since, ord)
                SELECT ?, CASE WHEN due < ?2 THEN due ELSE ?2 END, id, event, subscription, attempts, since, ord FROM backlog WHERE queue = ? AND due = ? AND id = ?
                """)
                .Bind(queue).Bind(now).Bind(piece.From.Queue).Bind(due).Bind(id).Run();
            transaction.Prepare("DELETE FROM backlog WHERE queue = ? AND due = ? AND id = ?").Bind(piece.From.Queue).Bind(due).Bind(id).Run();
        }
    }

    private bool IsWhereItBegins(WriteTransaction transaction)
    {
        using var rows = transaction.Prepare("SELECT 1 FROM moves WHERE subscription = ? AND queue = ? AND due = ? AND id = ?")
            .Bind(piece.From.Subscription).Bind(piece.From.Queue).Bind(piece.From.Due).Bind(piece.From.Id);
        return rows.Step();
    }
}
