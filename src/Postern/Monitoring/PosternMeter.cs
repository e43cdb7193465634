using System.Diagnostics.Metrics;

namespace Postern.Monitoring;

/// <summary>Every instrument of the program; <c>docs/reference/metrics.md</c> is made from this list. Labels are bounded: never a path, URL or id.</summary>
public sealed class PosternMeter
{
    public const string Name = "Postern";

    /// <summary>Labels of <see cref="SubscriptionsDisabled"/>.</summary>
    public static readonly KeyValuePair<string, object?> ByGateway = new("by", "gateway"), ByOperator = new("by", "operator");

    private readonly Meter meter;

    public PosternMeter(IMeterFactory factory)
    {
        meter = factory.Create(Name);
        EventsStaged = meter.CreateCounter<long>("postern.events.staged", "{event}", "Events that are on disk, by origin (publish, capture).");
        EventsDuplicate = meter.CreateCounter<long>("postern.events.duplicate", "{event}", "Published events that were there already.");
        CaptureLost = meter.CreateCounter<long>("postern.capture.lost", "{event}", "Changes that went through but could not be staged (best-effort).");
        CaptureRefused = meter.CreateCounter<long>("postern.capture.refused", "{event}", "Changes that went through upstream and were answered 503 because they could not be staged (strict).");
        CaptureOmitted = meter.CreateCounter<long>("postern.capture.omitted", "{event}", "Captured events without the body, by reason (size, encoding, stream, incomplete).");
        EventsMatched = meter.CreateCounter<long>("postern.listener.matched", "{event}", "Events the listener has matched.");
        CallbacksMade = meter.CreateCounter<long>("postern.listener.callbacks", "{callback}", "Callbacks the listener has made.");
        ListenerFaults = meter.CreateCounter<long>("postern.listener.faults", "{fault}", "Filters and events that failed in matching; each counts as not matching.");
        Attempts = meter.CreateCounter<long>("postern.callbacks.attempts", "{attempt}", "Attempts, by outcome (delivered, retry, dead, gone).");
        AttemptDuration = meter.CreateHistogram<double>("postern.callbacks.attempt.duration", "s", "Duration of attempts, by outcome.");
        DeliveryLatency = meter.CreateHistogram<double>("postern.callbacks.latency", "s", "From staged to delivered, first attempts only.");
        CallbacksBuried = meter.CreateCounter<long>("postern.callbacks.buried", "{callback}", "Callbacks given up since the start; a gauge tells how many are kept now.");
        SubscriptionsDisabled = meter.CreateCounter<long>("postern.subscriptions.disabled", "{subscription}", "Subscriptions disabled, by whom (gateway: failed for too long, operator).");
        Proofs = meter.CreateCounter<long>("postern.subscriptions.proofs", "{question}", "Receivers asked for their consent, by result (given, refused).");
        CallbacksUnsendable = meter.CreateCounter<long>("postern.callbacks.unsendable", "{callback}", "Callbacks given up without an attempt: their event is damaged on disk or not kept any more.");
        CallbacksPostponed = meter.CreateCounter<long>("postern.callbacks.postponed", "{callback}", "Times a callback waited longer because the gateway had no socket or name look-up free, or its host as many attempts as callbacks.hosts lets it have.");
        CallbacksWithheld = meter.CreateCounter<long>("postern.callbacks.withheld", "{callback}", "Callbacks that were not sent because the API does not let the consumer read the record.");
        CallbacksUnread = meter.CreateCounter<long>("postern.callbacks.unread", "{callback}", "Times a callback waited longer because the API did not say whether the consumer may read the record.");
        ReadChecks = meter.CreateCounter<long>("postern.egress.reads", "{question}", "APIs asked whether a consumer may read something, by answer (yes, no, unknown).");
        HubMessages = meter.CreateCounter<long>("postern.hub.messages", "{message}", "Messages given to a broker, by result (confirmed, failed: refused, returned, or not confirmed in time). The embedded hub has none.");
        HubRebuilds = meter.CreateCounter<long>("postern.hub.rebuilds", "{rebuild}", "Times the hub was given again what the store has handed out.");
        HubRepeats = meter.CreateCounter<long>("postern.hub.repeats", "{callback}", "Callbacks that the hub handed out again and that were left alone: in work here, or settled.");
        Lookups = meter.CreateCounter<long>("postern.egress.lookups", "{lookup}", "Host names looked up, by result (found, failed, slow: after more than 2 s).");
        EgressRefused = meter.CreateCounter<long>("postern.egress.refused", "{connection}", "Outbound connections refused by the address guard.");
        Tunnels = meter.CreateCounter<long>("postern.egress.tunnels", "{tunnel}", "Tunnels that other nodes asked the egress listener for, by result (opened, malformed, or the error of RFC 9209).");
        GatewaysAway = meter.CreateCounter<long>("postern.egress.gateways.away", "{failure}", "Times a gateway of egress.gateway could not be sent through, by gateway (host and port).");
        CertificatesEnding = meter.CreateCounter<long>("postern.egress.certificates.ending", "{certificate}", "Certificates for outbound calls in use that end within 14 days, or have ended: counted once a day for each.");
        LimitsRefused = meter.CreateCounter<long>("postern.limits.refused", "{call}", "Calls and connections refused by a limit, by which (address.rate, address.concurrency, the same of consumer, route and global; connections, list, url, body, subscriptions).");
        Expired = meter.CreateCounter<long>("postern.retention.expired", "{row}", "What was removed because of its age or the store's size, by kind (events, attempts, dead, answers, producer-ids, reports, jobs, audit).");
        ConfigurationReloads = meter.CreateCounter<long>("postern.configuration.reloads", "{reload}", "Changes of the configuration, by result (taken, rejected).");
    }

    public Counter<long> EventsStaged { get; }
    public Counter<long> EventsDuplicate { get; }
    public Counter<long> CaptureLost { get; }
    public Counter<long> CaptureRefused { get; }
    public Counter<long> CaptureOmitted { get; }
    public Counter<long> EventsMatched { get; }
    public Counter<long> CallbacksMade { get; }
    public Counter<long> ListenerFaults { get; }
    public Counter<long> Attempts { get; }
    public Histogram<double> AttemptDuration { get; }
    public Histogram<double> DeliveryLatency { get; }
    public Counter<long> CallbacksBuried { get; }
    public Counter<long> SubscriptionsDisabled { get; }
    public Counter<long> Proofs { get; }
    public Counter<long> CallbacksUnsendable { get; }
    public Counter<long> CallbacksPostponed { get; }
    public Counter<long> CallbacksWithheld { get; }
    public Counter<long> CallbacksUnread { get; }
    public Counter<long> ReadChecks { get; }
    public Counter<long> HubMessages { get; }
    public Counter<long> HubRebuilds { get; }
    public Counter<long> HubRepeats { get; }
    public Counter<long> Lookups { get; }
    public Counter<long> EgressRefused { get; }
    public Counter<long> Tunnels { get; }
    public Counter<long> GatewaysAway { get; }
    public Counter<long> CertificatesEnding { get; }
    public Counter<long> LimitsRefused { get; }
    public Counter<long> Expired { get; }
    public Counter<long> ConfigurationReloads { get; }

    /// <summary>A value that is read when it is asked for: <c>postern.store.pending</c> and the like. Null: it is not known here, and not shown.</summary>
    public void Observe(string name, string unit, string description, Func<long?> read) =>
        meter.CreateObservableGauge(name, () => read() is { } value ? [new Measurement<long>(value)] : (IEnumerable<Measurement<long>>)[], unit, description);
}
