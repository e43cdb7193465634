namespace Postern.Egress;

/// <summary>Why nothing came of a call to somebody else's server: a small closed set.</summary>
internal enum EgressFailure
{
    /// <summary>The name server says that the host name has no address.</summary>
    DnsNotFound,

    /// <summary>The name server failed (SERVFAIL), or did not answer the system's resolver.</summary>
    DnsUnavailable,

    /// <summary>The deadline passed while the host name was resolved.</summary>
    DnsTimeout,

    /// <summary>The address guard refused.</summary>
    Refused,

    /// <summary>Nothing listens at the port.</summary>
    ConnectRefused,

    /// <summary>There is no way to the host.</summary>
    ConnectUnreachable,

    /// <summary>No connection came about in time.</summary>
    ConnectTimeout,

    /// <summary>No connection came about for another reason.</summary>
    Connect,

    /// <summary>The certificate is not valid any more, or not yet.</summary>
    CertificateExpired,

    /// <summary>The certificate leads to no authority that is trusted here.</summary>
    CertificateUntrusted,

    /// <summary>The certificate is for another host.</summary>
    CertificateName,

    /// <summary>The TLS handshake did not end in time.</summary>
    TlsTimeout,

    /// <summary>The TLS handshake failed for another reason.</summary>
    Tls,

    /// <summary>The deadline passed before the response was there.</summary>
    Timeout,

    /// <summary>The connection was reset before the response was there.</summary>
    Reset,

    /// <summary>The connection was closed before the response was there.</summary>
    Closed,

    /// <summary>What came back is not HTTP/1.1.</summary>
    Protocol,

    /// <summary>The response's headers are larger than we take.</summary>
    HeadersTooLarge,

    /// <summary>The gateway itself could not make the call.</summary>
    Gateway,

    /// <summary>The gateway has no socket or look-up free: nobody was called.</summary>
    Shortage,

    /// <summary>The host has as many calls as it may have: it was not called.</summary>
    Busy,

    /// <summary>The caller took the request back before it was sent whole.</summary>
    Withdrawn,
}

/// <summary>The dialler's own reasons to fail; the message is for the developer at the other end.</summary>
internal sealed class EgressException(EgressFailure failure, string message, Exception? inner = null) : IOException(message, inner)
{
    public EgressFailure Failure { get; } = failure;

    /// <summary><see cref="EgressTrace.MayReach"/> said no.</summary>
    public static EgressException Busy() => new(EgressFailure.Busy, "The host has as many calls as it may have.");
}
