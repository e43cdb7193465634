using Postern.Ports;

namespace Postern.Monitoring;

/// <summary>Values that are read when somebody scrapes: the store's counters and the sums over all lanes. None carries a label.</summary>
internal sealed class Gauges(PosternMeter meter, IStore store, IHub hub, EndpointBoard board, FailingBoard failing, StoreSizeBoard size, CertificateWatch certificates)
{
    public void Register()
    {
        meter.Observe("postern.store.healthy", "1", "1 when the last write of the store succeeded, 0 when it failed.", () => store.Statistics.Healthy ? 1 : 0);
        meter.Observe("postern.store.log.end", "{event}", "End of the event log: sequence of the newest event.", () => store.Statistics.LastSequence);
        meter.Observe("postern.store.bytes", "By", "Bytes of the store in use, without its free space; looked at once a minute.", () => OfLeader(size.Bytes));
        meter.Observe("postern.store.oldest", "s", "Age of the oldest event; looked at once a minute.", () => OfLeader(size.OldestSeconds));
        meter.Observe("postern.listener.leads", "1", "1 on the node that matches events, 0 on the others.", () => store.Leads(Duty.Listener) ? 1 : 0);
        meter.Observe("postern.callbacks.leads", "1", "1 on the node that calls back, 0 on the others.", () => store.Leads(Duty.Callbacks) ? 1 : 0);
        meter.Observe("postern.hub.available", "1", "1 while the hub takes and hands out callbacks, 0 while it is away.", () => store.Leads(Duty.Callbacks) || store.Leads(Duty.Listener) ? hub.Outage is null ? 1 : 0 : null);
        meter.Observe("postern.listener.lag", "{event}", "Events on disk that the listener has not matched yet.", () => Lag(store.Statistics));
        meter.Observe("postern.callbacks.pending", "{callback}", "Callbacks owed: waiting, due later or parked.", () => store.Statistics.Pending);
        meter.Observe("postern.callbacks.dead", "{callback}", "Callbacks given up and kept for replay.", () => store.Statistics.Dead);
        meter.Observe("postern.subscriptions", "{subscription}", "Subscriptions in any state.", () => store.Statistics.Subscriptions);
        meter.Observe("postern.subscriptions.failing", "{subscription}", "Subscriptions whose last attempt failed.", () => OfLeader(failing.Count));
        meter.Observe("postern.certificates.ending", "{certificate}", "Configured certificates, authorities of clients included, that expire within 14 days or are out of their time.", () => certificates.Warnings.Count);
        meter.Observe("postern.lanes", "{lane}", "Endpoints with a lane.", () => OfLeader(board.Read().LongCount()));
        meter.Observe("postern.lanes.waiting", "{callback}", "Callbacks that wait in lanes.", () => OfLeader(board.Read().Sum(lane => (long)lane.Waiting)));
        meter.Observe("postern.lanes.down", "{lane}", "Endpoints whose breaker is not closed: their callbacks wait on disk.", () => OfLeader(board.Read().LongCount(lane => lane.Breaker != "closed")));
        meter.Observe("postern.lanes.in_flight", "{attempt}", "Attempts under way.", () => OfLeader(board.Read().Sum(lane => (long)lane.InFlight)));
    }

    // What stands in the memory of the node that calls back. Another one does not know, and says nothing rather than 0.
    private long? OfLeader(long value) => store.Leads(Duty.Callbacks) ? value : null;

    // Cursor and end are read one after the other by the store: never negative for a reader.
    private static long Lag(StoreStatistics statistics) => Math.Max(0, statistics.LastSequence - statistics.Cursor);
}
