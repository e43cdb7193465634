using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Net.Http.Headers;
using Postern.Configuration;
using Postern.Egress;
using Postern.Gateway.Limits;
using Postern.Gateway.Pipeline;

namespace Postern.Gateway;

/// <summary>How strictly the gateway's server reads HTTP.</summary>
internal static class GatewayKestrel
{
    private const string RefuseLineFeeds = "Microsoft.AspNetCore.Server.Kestrel.DisableHttp1LineFeedTerminators";

    // Each of them opens a known way to smuggle requests.
    private static readonly string[] Unsafe =
    [
        "Microsoft.AspNetCore.Server.Kestrel.AllowKeepAliveAfterCLTE",
        "Microsoft.AspNetCore.Server.Kestrel.EnableInsecureChunkedRequestParsing",
    ];

    /// <summary>Sets the server's limits. Bodies are bounded here for our own calls; those that are passed on lift the bound for themselves.</summary>
    /// <exception cref="InvalidOperationException">A switch that makes the server unsafe is set.</exception>
    public static void ConfigureGatewayKestrel(this KestrelServerOptions options, GatewayConfiguration gateway)
    {
        if (FindUnsafeSwitch(static name => AppContext.TryGetSwitch(name, out var on) && on) is { } found)
        {
            throw new InvalidOperationException($"The switch {found} lets requests be smuggled past the gateway: remove it.");
        }

        // RFC 9112 §2.2 lets a server take a bare LF; two servers that differ on it can be played against each other.
        AppContext.SetSwitch(RefuseLineFeeds, true);
        options.AddServerHeader = false;
        options.RequestHeaderEncodingSelector = DecoderOf;
        options.ResponseHeaderEncodingSelector = static _ => Encoding.Latin1;
        var connections = Math.Min(gateway.MaxConnections, DescriptorLimit.ConnectionsOfPort);
        options.Limits.MaxConcurrentConnections = connections;
        options.Limits.MaxConcurrentUpgradedConnections = connections;
        options.Limits.MaxRequestHeadersTotalSize = 32 * 1024;
        options.Limits.MaxRequestHeaderCount = 100;
        options.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        // Longer ones than limits.maxUrlBytes can be are not even read; those between are answered with a problem.
        options.Limits.MaxRequestLineSize = 33 * 1024;
        // A body and its reader may be slow, and must not stand still. A stream that has nothing to say is neither.
        options.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
        options.Limits.MinResponseDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
        options.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(130);
        // What one connection may have under way at once, and the size of one field of its requests.
        options.Limits.Http2.MaxStreamsPerConnection = 100;
        options.Limits.Http2.MaxRequestHeaderFieldSize = 32 * 1024;
        // What a peer may make the server remember of header fields, and send before it is read.
        options.Limits.Http2.HeaderTableSize = 4 * 1024;
        options.Limits.Http2.InitialStreamWindowSize = 128 * 1024;
        options.Limits.Http2.InitialConnectionWindowSize = 1024 * 1024;
        // A peer that is gone without a word is found out.
        options.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(60);
        options.Limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(20);
        // A batch holds several events; its handler counts each of them.
        options.Limits.MaxRequestBodySize = Math.Max(16 * gateway.MaxEventBytes, 1024 * 1024);
    }

    /// <summary>Bounds the connections of each peer of a port. Stands before TLS: what is too much costs no handshake.</summary>
    public static void BoundConnections(this ListenOptions listen, bool plain) => ConnectionLimit.Bound(listen, plain);

    // Latin-1 maps each byte to one character and back: values pass the proxy as they came.
    private static Encoding DecoderOf(string name) =>
        name.Equals(HeaderNames.ContentLength, StringComparison.OrdinalIgnoreCase) ? StrictContentLength.Instance
        : name.Equals(HeaderNames.Connection, StringComparison.OrdinalIgnoreCase) ? WholeConnection.Instance
        : Encoding.Latin1;

    /// <summary>The first switch that is on and must not be; null when there is none.</summary>
    internal static string? FindUnsafeSwitch(Func<string, bool> isOn) => Array.Find(Unsafe, name => isOn(name));
}
