using System.Net;
using Postern.Egress.Tls;

namespace Postern.Egress;

/// <summary>A request through the egress guard.</summary>
internal sealed class EgressRequest : HttpRequestMessage
{
    public EgressRequest(HttpMethod method, Uri uri)
        : base(method, uri)
    {
        // One request, one connection: the dialled address of each attempt is known, and a lane's window is its number of sockets.
        Version = System.Net.HttpVersion.Version11;
        VersionPolicy = HttpVersionPolicy.RequestVersionExact;
    }

    public EgressTrace Trace { get; } = new();

    /// <summary>Whom its connection trusts, and what it shows.</summary>
    public TlsProfile Tls { get; set; } = TlsProfile.Default;
}

/// <summary>What the connection tells about one request, and asks before it sends it. Small: an idle connection may hold on to the last one.</summary>
internal sealed class EgressTrace
{
    /// <summary>The address that was dialled, <c>192.0.2.1:443</c>; null before.</summary>
    public string? Address { get; set; }

    /// <summary>How far it has come.</summary>
    public EgressPhase Phase { get; private set; }

    /// <summary>Asked right before bytes go out; false takes the request back.</summary>
    public Func<bool>? MaySend { get; set; }

    /// <summary>Asked before an address is dialled, and before bytes go out to it on a connection that stood already; false: not now.</summary>
    public Func<IPAddress, bool>? MayReach { get; set; }

    /// <summary>Only onwards: a connection that is still being made for it says nothing once another has taken it.</summary>
    public void Reach(EgressPhase phase) => Phase = phase > Phase ? phase : Phase;
}

/// <summary>How far a request has come, for what a deadline cuts off.</summary>
internal enum EgressPhase
{
    /// <summary>For a connection.</summary>
    Waiting,

    /// <summary>For a gateway to send through (<c>egress.gateway</c>).</summary>
    Reaching,

    /// <summary>For its turn to have its host name looked up.</summary>
    Queueing,

    /// <summary>Its host name.</summary>
    Resolving,

    Connecting,

    /// <summary>The TLS handshake.</summary>
    Securing,

    /// <summary>Bytes have gone out.</summary>
    Sent,
}
