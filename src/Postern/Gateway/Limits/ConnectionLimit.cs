using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Postern.Configuration;
using Postern.Egress;
using Postern.Model.Limits;

namespace Postern.Gateway.Limits;

/// <summary>
/// Bounds the connections of one peer, before anything is read of them. Half of all that there may be unless configured: nobody
/// takes the last one of everybody else. Proxies that are trusted bring many clients.
/// </summary>
internal static class ConnectionLimit
{
    private static readonly KeyValuePair<string, object?> Label = new("limit", "connections");

    private static readonly byte[] Answer =
    [
        .. "HTTP/1.1 429 Too Many Requests\r\nConnection: close\r\nRetry-After: 1\r\nContent-Type: application/problem+json\r\nContent-Length: 159\r\n\r\n"u8,
        .. Body,
    ];

    private static ReadOnlySpan<byte> Body =>
        """{"type":"/problems/too-many-at-once","title":"Too many connections","status":429,"detail":"As many connections of this address are open as may be: close one."}"""u8;

    /// <param name="plain">Nothing stands between the connection and HTTP/1.1: the reason can be told.</param>
    public static void Bound(ListenOptions listen, bool plain)
    {
        var limits = listen.ApplicationServices.GetRequiredService<GatewayLimits>();
        var live = listen.ApplicationServices.GetRequiredService<LiveConfiguration>();
        listen.Use(next => async connection =>
        {
            var configuration = live.Current;
            if ((connection.RemoteEndPoint as IPEndPoint)?.Address is not { } peer
                || AddressesConfiguration.IsIn(configuration.Gateway.TrustedProxies, peer))
            {
                await next(connection);
                return;
            }

            if (limits.Connections.Enter(AddressKey.Of(peer), Places(configuration), limits.Now) is not { } state)
            {
                limits.Refused.Add(1, Label);
                await RefuseAsync(connection, plain);
                return;
            }

            try
            {
                await next(connection);
            }
            finally
            {
                state.Leave();
            }
        });
    }

    private static int Places(PosternConfiguration configuration) => configuration.Limits.Address.Connections
        ?? Math.Max(1, Math.Min(configuration.Gateway.MaxConnections, DescriptorLimit.ConnectionsOfPort) / 2);

    private static async Task RefuseAsync(ConnectionContext connection, bool plain)
    {
        if (plain)
        {
            await connection.Transport.Output.WriteAsync(Answer, connection.ConnectionClosed);
        }
    }
}
