using Microsoft.Extensions.Logging;
using Postern.Ports;
using Postern.Storage.PostgreSql.Engine;
using Postern.Storage.Sql.Engine;
using Postern.Storage.Sql.Peers;
using Postern.Storage.Sql.Writing;

namespace Postern.Storage.PostgreSql.Peers;

/// <inheritdoc/>
internal sealed class PostgreSqlPeers : IPeers
{
    private static readonly TimeSpan TrimEvery = TimeSpan.FromMinutes(1);

    /// <summary>Whoever led has said nothing for longer than another one waits to take over: nobody does.</summary>
    private static readonly TimeSpan Abandoned = TimeSpan.FromSeconds(20);

    private readonly ChangeLog log;
    // By duty.
    private readonly Lead[] leads;
    private readonly TimeProvider time;
    private readonly Lock gate = new();
    private TaskCompletionSource looked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private LeadRow[] rows = [default, default];
    private long told;
    private volatile bool isLookDue = true;
    private long trimmed;
    private long staged;

    /// <param name="node">By which this node knows its own changes, and whether it leads.</param>
    public PostgreSqlPeers(string node, PostgreSqlOptions options, TimeProvider time, ILogger logger)
    {
        var fatal = new Fatal(options.OnFatal);
        (log, this.time) = (new ChangeLog(node, fatal), time);
        leads = [.. Enum.GetValues<Duty>().Select(duty => new Lead(duty, node, options.Name, fatal, time, logger))];
    }

    public bool IsLookDue => isLookDue;

    public bool Leads(Duty duty) => leads[(int)duty].Leads;

    public Task LeadAsync(Duty duty, CancellationToken cancellation)
    {
        var leading = leads[(int)duty].WaitAsync(cancellation);
        Nudge();
        return leading;
    }

    public event Action? Nudged;

    /// <summary>Others may have written.</summary>
    public void Nudge()
    {
        isLookDue = true;
        Nudged?.Invoke();
    }

    /// <summary>The writer has a new session.</summary>
    /// <param name="isFirst">The store is being opened.</param>
    public void Opened(Connection connection, bool isFirst)
    {
        if (isFirst)
        {
            log.Begin(connection);
        }

        foreach (var lead in leads)
        {
            lead.Resume(connection);
        }

        isLookDue = true;
    }

    public News Lock(Connection connection)
    {
        var news = Read((PostgreSqlConnection)connection, alone: true);
        staged = news.Counters.LastSequence;
        return news;
    }

    public void Tell(Connection connection, WriteTransaction transaction)
    {
        var session = (PostgreSqlConnection)connection;
        if (log.Tell(connection, transaction.Effects))
        {
            session.Notify(Notice.Change);
        }
        else if (transaction.Counters.LastSequence > staged && !Leads(Duty.Listener))
        {
            session.Notify(Notice.Event);
        }
    }

    public void Committed()
    {
        log.Committed();
        Volatile.Write(ref told, log.Told);
    }

    public News Look(Connection connection)
    {
        isLookDue = false;

        // First: what was committed until it had the lock is known before it leads.
        foreach (var (duty, lead) in leads.Index())
        {
            lead.TryTake(connection, log.Seen, rows[duty]);
        }

        return Read((PostgreSqlConnection)connection, alone: false);
    }

    public void Looked(Connection connection)
    {
        foreach (var lead in leads.Where(static lead => lead.Leads))
        {
            lead.Begin();
            Trim(connection);
            if (lead.Say(connection, log.Seen))
            {
                ((PostgreSqlConnection)connection).Send(Notice.Seen);
            }
        }

        lock (gate)
        {
            looked.SetResult();
            looked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    public void Leave(Connection connection)
    {
        foreach (var lead in leads)
        {
            if (lead.Leave(connection))
            {
                ((PostgreSqlConnection)connection).Send(Notice.Free);
            }
        }
    }

    public async ValueTask ObeyedAsync(CancellationToken cancellation)
    {
        var change = Volatile.Read(ref told);
        while (true)
        {
            Task next;
            LeadRow[] known;
            lock (gate)
            {
                (next, known) = (looked.Task, rows);
            }

            if (leads.Zip(known).All(one => one.First.Leads || Knows(one.Second, change)))
            {
                return;
            }

            await next.WaitAsync(cancellation);
        }
    }

    /// <summary>Whoever leads knows of a change, or nobody does.</summary>
    private static bool Knows(LeadRow row, long change) => row.Seen >= change || row.Node is null || row.SilentFor > Abandoned;

    private News Read(PostgreSqlConnection connection, bool alone)
    {
        var (counters, newest, read) = connection.ReadStanding(alone);
        lock (gate)
        {
            rows = read;
        }

        return new News(counters, log.Follow(connection, newest));
    }

    private void Trim(Connection connection)
    {
        if (trimmed == 0 || time.GetElapsedTime(trimmed) > TrimEvery)
        {
            ChangeLog.Trim(connection);
            trimmed = time.GetTimestamp();
        }
    }
}

/// <summary>What a node sends to the others, as the payload of a notification on the channel <c>postern</c>.</summary>
internal static class Notice
{
    public const string Channel = "postern";

    /// <summary>There are rows in <c>changes</c>.</summary>
    public const string Change = "change";

    /// <summary>The log has grown.</summary>
    public const string Event = "event";

    /// <summary>A leader knows of more changes.</summary>
    public const string Seen = "seen";

    /// <summary>Nobody leads in something.</summary>
    public const string Free = "free";
}
