using Postern.Faults;
using Postern.Ports;
using Postern.Storage.Sql.Reading;

namespace Postern.Storage.Sql.Writing;

/// <summary>
/// Does what a call with an idempotency key asks for and keeps its answer, in one commit. A second call in the same batch sees the
/// first one's row: on the writer's thread nobody comes between.
/// </summary>
internal sealed class AnswerOnce<T>(
    IdempotentCall call, Func<WriteTransaction, T> change, Func<T, ReadOnlyMemory<byte>> answer, CancellationToken cancellation)
    : WriteOperation<Answered<T>>(cancellation)
{
    public override bool IsIsolated => true;

    protected override Answered<T> Change(WriteTransaction transaction)
    {
        if (AnswerRows.Find(transaction.Connection, call, transaction.Now - call.Keep) is { } earlier)
        {
            return new Answered<T>(default, earlier);
        }

        var result = change(transaction);
        CrashPoint.Reach(CrashPoints.AnswerAfterEffect);
        var kept = answer(result);

        // One that has run out is replaced, and not changed in place: numbers grow with time.
        transaction.Prepare("DELETE FROM answers WHERE consumer = ? AND operation = ? AND key = ?")
            .Bind(call.Consumer).Bind(call.Operation).Bind(call.Key).Run();
        transaction.Prepare("INSERT INTO answers (consumer, operation, key, kept, fingerprint, answer) VALUES (?, ?, ?, ?, ?, ?)")
            .Bind(call.Consumer).Bind(call.Operation).Bind(call.Key)
            .Bind(transaction.Now.ToUnixTimeMilliseconds())
            .Bind(call.Fingerprint.Span)
            .Bind(kept.Span)
            .Run();
        CrashPoint.Reach(CrashPoints.AnswerAfterRow);
        return new Answered<T>(result, null);
    }
}
