using System.Globalization;
using Postern.Ports;

namespace Postern.Storage.PostgreSql.Peers;

/// <summary>Advisory locks of a session or a transaction (postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS), each by a number of its own.</summary>
internal static class Locks
{
    /// <summary>Held by every node that has the store open, shared; alone by whoever copies into it. "Post" in ASCII.</summary>
    public const long Open = 0x506f7374;

    /// <summary>Held while the tables are brought to a version. "Migr" in ASCII.</summary>
    public const long Migration = 0x4d696772;

    /// <summary>Held by each transaction that writes. "Turn" in ASCII.</summary>
    private const long Turn = 0x5475726e;

    /// <summary>Held by the session of the node that leads in a duty. "Call" and "Hear" in ASCII.</summary>
    public static long Of(Duty duty) => duty == Duty.Callbacks ? 0x43616c6c : 0x48656172;

    public static string Turns { get; } = string.Create(CultureInfo.InvariantCulture, $"SELECT pg_advisory_xact_lock({Turn})");

    public static string Trying(long number, bool shared = false) =>
        string.Create(CultureInfo.InvariantCulture, $"SELECT pg_try_advisory_lock{(shared ? "_shared" : "")}({number})::int");

    public static string Unlocking(long number) => string.Create(CultureInfo.InvariantCulture, $"SELECT pg_advisory_unlock({number})");

    /// <summary>Ends the session that holds a lock.</summary>
    public static string Ending(long number) => $"SELECT pg_terminate_backend(pid) {Holders(number)}";

    /// <summary>The sessions that hold a lock, as <c>pg_locks</c> with <c>pg_stat_activity</c>.</summary>
    public static string Holders(long number) => string.Create(
        CultureInfo.InvariantCulture,
        $"FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE locktype = 'advisory' AND objid = {number} AND granted AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())");
}
