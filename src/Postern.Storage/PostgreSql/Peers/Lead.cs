using Microsoft.Extensions.Logging;
using Postern.Ports;
using Postern.Storage.Sql.Engine;

namespace Postern.Storage.PostgreSql.Peers;

/// <summary>
/// Who leads in one duty: whoever holds its advisory lock on the very session it writes with. One that has lost its session writes nothing before it has the
/// lock again, and what the table <c>lead</c> says then tells it whether another has led meanwhile. Used by the writer's thread, but for <see cref="Leads"/> and the waiting.
/// </summary>
/// <param name="store">How messages call it.</param>
internal sealed class Lead(Duty duty, string node, string store, Fatal fatal, TimeProvider time, ILogger logger)
{
    /// <summary>How often the leader says that it is there.</summary>
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(2);

    /// <summary>A leader that has said nothing for so long hangs: who waits for the lead ends its session.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);

    private readonly long number = Locks.Of(duty);
    private readonly string named = LeadRow.NameOf(duty);
    private readonly TaskCompletionSource led = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool wanted;
    private volatile bool leads;
    private (long Beat, long Since) watched;
    private long beaten;
    private long seen;

    public bool Leads => leads;

    public Task WaitAsync(CancellationToken cancellation)
    {
        wanted = true;
        return led.Task.WaitAsync(cancellation);
    }

    /// <summary>On a session that was opened since it led: another may have led meanwhile.</summary>
    /// <exception cref="StoreRefusedException">Another leads, or may.</exception>
    public void Resume(Connection connection)
    {
        if (!leads)
        {
            return;
        }

        if (!TryLock(connection))
        {
            // Its own session that is not dead yet is ended by whoever opens the next one; the next probe asks again.
            throw IsLeaderNow(connection)
                ? new StoreRefusedException($"The store {store} is not written: this node leads ({named}), and its lost session still holds the lock.")
                : Replaced();
        }

        if (!IsLeaderNow(connection))
        {
            throw Replaced();
        }
    }

    /// <summary>Takes the lead if this node wants it and it is free.</summary>
    /// <param name="known">The last change that this node shows.</param>
    /// <param name="row">Who leads, as it was looked at last.</param>
    public void TryTake(Connection connection, long known, LeadRow row)
    {
        if (leads || !wanted)
        {
            return;
        }

        if (!TryLock(connection))
        {
            EndIfItHangs(connection, row);
            return;
        }

        // Written before it leads: one that has led and lost its session finds another's name here.
        connection.Prepare($"UPDATE lead SET node = ?, beat = {LeadRow.Now}, seen = ? WHERE duty = ?").Bind(node).Bind(known).Bind(named).Run();
        (beaten, seen, leads) = (time.GetTimestamp(), known, true);
    }

    /// <summary>Those who wait for the lead go on: the store shows what stood when it was taken.</summary>
    public void Begin() => led.TrySetResult();

    /// <summary>Says that this node is there and what it has seen, where it leads. True when the others are to be told.</summary>
    public bool Say(Connection connection, long known)
    {
        if (!leads || (known == seen && time.GetElapsedTime(beaten) < Beat))
        {
            return false;
        }

        if (connection.Prepare($"UPDATE lead SET beat = {LeadRow.Now}, seen = ? WHERE duty = ? AND node = ?").Bind(known).Bind(named).Bind(node).Run() == 0)
        {
            throw Replaced();
        }

        var isNew = known != seen;
        (beaten, seen) = (time.GetTimestamp(), known);
        return isNew;
    }

    /// <summary>Gives the lead up. True when it had it.</summary>
    public bool Leave(Connection connection)
    {
        if (!leads)
        {
            return false;
        }

        connection.Prepare("UPDATE lead SET node = NULL WHERE duty = ? AND node = ?").Bind(named).Bind(node).Run();
        connection.Prepare(Locks.Unlocking(number)).Run();
        leads = false;
        return true;
    }

    /// <summary>By this node's own watch: whoever has taken the lead this moment has not said so yet.</summary>
    private void EndIfItHangs(Connection connection, LeadRow row)
    {
        if (watched.Since == 0 || watched.Beat != row.Beat)
        {
            watched = (row.Beat, time.GetTimestamp());
        }
        else if (time.GetElapsedTime(watched.Since) > Silence)
        {
            LeadLog.LeaderHangs(logger, named, row.SilentFor);
            connection.Prepare(Locks.Ending(number)).Run();
            watched = default;
        }
    }

    private bool TryLock(Connection connection) => connection.ReadNumber(Locks.Trying(number)) == 1;

    private bool IsLeaderNow(Connection connection)
    {
        using var rows = connection.Prepare("SELECT node FROM lead WHERE duty = ?").Bind(named);
        return rows.Step() && rows.OptionalText(0) == node;
    }

    private StoreRefusedException Replaced() => fatal.Of($"another node leads ({named}) on {store} since this one lost its connection");
}

/// <param name="Node">Who leads; null: nobody.</param>
/// <param name="Beat">When it said last that it is there, by the server's clock.</param>
/// <param name="SilentFor">Since then.</param>
/// <param name="Seen">The last change that it knows of.</param>
internal readonly record struct LeadRow(string? Node, long Beat, TimeSpan SilentFor, long Seen)
{
    /// <summary>The server's clock, in milliseconds since 1970: nodes' own may differ.</summary>
    public const string Now = "(extract(epoch FROM clock_timestamp()) * 1000)::bigint";

    public const string Callbacks = "callbacks";

    public const string Listener = "listener";

    public static string NameOf(Duty duty) => duty == Duty.Callbacks ? Callbacks : Listener;
}

/// <summary>The log messages of leading: event ids 612 and 613.</summary>
internal static partial class LeadLog
{
    [LoggerMessage(612, LogLevel.Warning, "The node that leads ({Duty}) has said nothing for {Silence}: its session is ended, and this node takes the lead")]
    public static partial void LeaderHangs(ILogger logger, string duty, TimeSpan silence);

    [LoggerMessage(613, LogLevel.Warning, "News of other nodes do not come for now and are looked for twice a second: {Why}")]
    public static partial void NoNudges(ILogger logger, string why);
}
