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
}

/// <summary>What the connection tells about one request, and asks before it sends it. Small: an idle connection may hold on to the last one.</summary>
internal sealed class EgressTrace
{
    /// <summary>The address that was dialled, <c>192.0.2.1:443</c>; null before.</summary>
    public string? Address { get; set; }

    /// <summary>Asked right before bytes go out; false takes the request back.</summary>
    public Func<bool>? MaySend { get; set; }
}
