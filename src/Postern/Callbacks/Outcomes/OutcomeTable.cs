using Postern.Callbacks.Sending;
using Postern.Egress;
using static Postern.Callbacks.Lanes.LaneSignal;
using static Postern.Callbacks.Outcomes.Verdict;

namespace Postern.Callbacks.Outcomes;

/// <summary>
/// What becomes of a callback after each answer there is (Standard Webhooks 1.0.0, "Delivery"; RFC 9110 §15). The code decides by
/// these rows and docs/reference/outcomes.md is made from them. Of the rows that hold for a status the last one counts.
/// </summary>
internal static class OutcomeTable
{
    private const int MaxStatus = 999;

    public static IReadOnlyList<OutcomeRow> Rows { get; } =
    [
        OutcomeRow.Of(0, MaxStatus, "any other number", Retry, None, "No HTTP status (RFC 9110 §15 knows 100 to 599)."),
        OutcomeRow.Of(100, 199, "1xx", Retry, None, "An interim answer that nothing followed; 101 was not asked for."),
        OutcomeRow.Of(200, 299, "2xx", Delivered, Good, "Whatever the body says, also when it breaks off."),
        OutcomeRow.Of(300, 399, "3xx", Retry, None, "A redirect is never followed: subscribe with the URL itself."),
        OutcomeRow.Of(304, "304 Not Modified", Retry, None, "Nobody asked whether something was modified."),
        OutcomeRow.Of(400, 499, "4xx", Retry, None, "A receiver under repair answers 404 or 401 for a while: only what `notStatuses` lists is given up at once."),
        OutcomeRow.Of(408, "408 Request Timeout", Retry, None, "The receiver closed a connection that it found idle."),
        OutcomeRow.Of(410, "410 Gone", Gone, None, "The receiver wants no more: the subscription is `gone`, and nothing else is sent."),
        OutcomeRow.Of(413, "413 Content Too Large", Retry, None, "The event will not shrink, but the receiver's limit can be raised while it is tried."),
        OutcomeRow.Of(425, "425 Too Early", Retry, None, "Tried again; no callback is sent as early data."),
        OutcomeRow.Of(429, "429 Too Many Requests", Retry, Bad, "Fewer at a time from now on, and not before `Retry-After`."),
        OutcomeRow.Of(500, 599, "5xx", Retry, None, "The receiver failed on this one; others may go through."),
        OutcomeRow.Of(502, "502 Bad Gateway", Retry, Bad, "What stands before the receiver does not reach it."),
        OutcomeRow.Of(503, "503 Service Unavailable", Retry, Bad, "Overloaded or under repair; not before `Retry-After`."),
        OutcomeRow.Of(504, "504 Gateway Timeout", Retry, Bad, "What stands before the receiver waits for it in vain."),
        OutcomeRow.Of(EgressFailure.DnsNotFound, "the host name has no address", Bad, "NXDOMAIN, or no A and AAAA records."),
        OutcomeRow.Of(EgressFailure.DnsUnavailable, "the name server fails", Bad, "SERVFAIL, REFUSED, or no answer to the system's resolver."),
        OutcomeRow.Of(EgressFailure.DnsTimeout, "the name is not resolved in time", Bad, "The deadline of the attempt passed meanwhile."),
        OutcomeRow.Of(EgressFailure.Refused, "the gateway refuses the address", Bad, "Private or reserved, or http where https is needed: the operator can allow it (`egress.allow`)."),
        OutcomeRow.Of(EgressFailure.ConnectRefused, "the connection is refused", Bad, "Nothing listens at the port."),
        OutcomeRow.Of(EgressFailure.ConnectUnreachable, "the host cannot be reached", Bad, "No route to the host or its network."),
        OutcomeRow.Of(EgressFailure.ConnectTimeout, "no connection in time", Bad, "10 s for all addresses of the host together."),
        OutcomeRow.Of(EgressFailure.Connect, "no connection for another reason", Bad, "The attempt's `error` says which."),
        OutcomeRow.Of(EgressFailure.CertificateExpired, "the certificate is out of its time", Bad, "Renew it: what is owed then goes out."),
        OutcomeRow.Of(EgressFailure.CertificateUntrusted, "the certificate is not trusted", Bad, "Self-signed, or the chain sent is not complete."),
        OutcomeRow.Of(EgressFailure.CertificateName, "the certificate is for another host", Bad, "The callback's host must stand in its names."),
        OutcomeRow.Of(EgressFailure.TlsTimeout, "no TLS handshake in time", Bad, "Connected, but the handshake did not end."),
        OutcomeRow.Of(EgressFailure.Tls, "the TLS handshake fails otherwise", Bad, "No common version (1.2 or 1.3), or no TLS at this port."),
        OutcomeRow.Of(EgressFailure.Timeout, "no response in time", Bad, "It may have been taken: the next attempt has the same `webhook-id`."),
        OutcomeRow.Of(EgressFailure.Reset, "the connection is reset", Bad, "Before the response was there."),
        OutcomeRow.Of(EgressFailure.Closed, "the connection is closed early", Bad, "Before the response was there."),
        OutcomeRow.Of(EgressFailure.Protocol, "the response is not HTTP/1.1", Bad, "Another protocol, or headers that break its rules."),
        OutcomeRow.Of(EgressFailure.HeadersTooLarge, "the response's headers are too large", Bad, "More than 16 KiB, interim answers included."),
        OutcomeRow.Of(EgressFailure.Token, "the token endpoint gives no access token", None, "Nobody was called but it: the subscription's `delivery.auth` says where it is and who asks."),
        OutcomeRow.Of(EgressFailure.Proxy, "the operator's egress proxy does not connect", None, "It cannot be reached, or refuses (`egress.proxy`)."),
        OutcomeRow.Of(EgressFailure.Gateway, "the gateway itself fails", None, "Its operator finds the reason in the log."),
        OutcomeRow.Of(EgressFailure.Shortage, "the gateway has no socket or look-up free, or a node no gateway to send through", None, "Nobody was called, so no attempt is spent: it is due again soon after."),
        OutcomeRow.Of(EgressFailure.Busy, "the host has what `callbacks.hosts` gives it", None, "Nobody was called, so no attempt is spent: it is due again when its turn comes."),
    ];

    private static readonly OutcomeRow[] byStatus = [.. Enumerable.Range(0, MaxStatus + 1).Select(LastFor)];

    private static readonly Dictionary<EgressFailure, OutcomeRow> byFailure =
        Rows.Where(static row => row.Failure is not null).ToDictionary(static row => row.Failure!.Value);

    /// <summary>The row of a reply. Every reply has one but the withdrawn, which is no answer of anybody.</summary>
    public static OutcomeRow Of(in Reply reply) => reply switch
    {
        { Fault: { } fault } => byFailure[fault.Failure],
        { Status: >= 0 and <= MaxStatus and var status } => byStatus[status],
        _ => byStatus[0],
    };

    private static OutcomeRow LastFor(int status) =>
        Rows.Last(row => row.Statuses is { } range && range.Start.Value <= status && status < range.End.Value);
}
