using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace Postern.Gateway.Pipeline;

/// <summary>While the node is about to close its port: each answer sends its connection elsewhere, so that none is left to be cut off.</summary>
internal sealed class Draining
{
    private volatile bool begun;

    public bool HasBegun => begun;

    public void Begin() => begun = true;

    /// <summary>Before an answer starts. HTTP/2 has GOAWAY for it (RFC 9113 §6.8): what is under way ends, what comes later is safe to send again.</summary>
    public void Announce(HttpContext context)
    {
        if (!begun || context.Response.StatusCode == StatusCodes.Status101SwitchingProtocols)
        {
            // What was upgraded is no longer a connection for further requests, and its answer says "Connection: Upgrade".
            return;
        }

        if (HttpProtocol.IsHttp2(context.Request.Protocol))
        {
            context.Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();
        }
        else
        {
            LastAnswer.Announce(context);
        }
    }
}
