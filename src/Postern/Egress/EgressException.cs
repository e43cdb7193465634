namespace Postern.Egress;

/// <summary>Why nothing came of a call to somebody else's server: a small closed set.</summary>
internal enum EgressFailure
{
    /// <summary>The host name has no address.</summary>
    Dns = 0,

    /// <summary>The address guard refused.</summary>
    Refused = 1,

    /// <summary>No connection came about.</summary>
    Connect = 2,

    /// <summary>The TLS handshake failed.</summary>
    Tls = 3,

    /// <summary>The deadline passed.</summary>
    Timeout = 4,

    /// <summary>What came back is not HTTP, or more than we take.</summary>
    Protocol = 5,

    /// <summary>The connection broke before the response was there.</summary>
    Closed = 6,

    /// <summary>The caller took the request back before it was sent whole.</summary>
    Withdrawn = 7,
}

/// <summary>The dialler's own reasons to fail; the message is for the developer at the other end.</summary>
internal sealed class EgressException(EgressFailure failure, string message, Exception? inner = null) : IOException(message, inner)
{
    public EgressFailure Failure { get; } = failure;
}
