using Postern.Ports;
using Postern.Storage.Sql.Writing;

namespace Postern.Storage.Sql.Retention;

/// <summary>
/// Removes old events that nobody is owed, part by part of the log. For each part: the writer begins to mark what becomes owed, then a
/// reader marks what is owed already, then steps remove the rest. A crash leaves nothing to undo.
/// </summary>
internal sealed class EventExpiry(ReaderPool readers, Writer writer, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim one = new(1, 1);
    private OwedEvents? owed;
    private long position;

    public async ValueTask<ExpiryStep> StepAsync(DateTimeOffset before, int limit, CancellationToken cancellation)
    {
        await one.WaitAsync(cancellation);
        try
        {
            // Read first: nothing that the listener has yet to match is within the part.
            if ((owed is null || position >= owed.Last) && !await BeginPartAsync(before, cancellation))
            {
                return End();
            }

            var part = owed!;
            var piece = await readers.ReadAsync(connection => ExpiredRows.Events(connection, before, limit, position, part), cancellation);
            var (removed, elapsed) = piece.Keys.Count == 0
                ? (0, TimeSpan.Zero)
                : await writer.WriteAsync(new ExpireEvents(piece.Keys, time, cancellation));
            position = piece.More ? piece.Position : part.Last;
            var step = new ExpiryStep(removed, More: true, StepCost.Of(elapsed, piece.Pages));

            // At the end of a part another may follow; the next step tells.
            return step;
        }
        catch
        {
            End();
            throw;
        }
        finally
        {
            one.Release();
        }
    }

    public void Dispose() => one.Dispose();

    private async ValueTask<bool> BeginPartAsync(DateTimeOffset before, CancellationToken cancellation)
    {
        var cursor = writer.Statistics.Cursor;
        var oldest = await readers.ReadAsync(connection => ExpiredRows.Oldest(connection, position), cancellation);
        if (oldest is not { } found || found.Staged >= before || found.Sequence > cursor)
        {
            return false;
        }

        var last = Math.Min(cursor, found.Sequence + OwedEvents.MostEvents - 1);
        await writer.WriteAsync(new WatchNewlyOwed(found.Sequence, last, cancellation));
        owed = await readers.ReadAsync(connection => OwedEvents.Read(connection, found.Sequence, last), cancellation);
        position = found.Sequence - 1;
        return true;
    }

    /// <summary>The next step begins at the front of the log again.</summary>
    private ExpiryStep End()
    {
        (owed, position) = (null, 0);
        return default;
    }
}
