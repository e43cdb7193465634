using Microsoft.AspNetCore.Http;
using Postern.Configuration;
using Postern.Operations;

namespace Postern.Gateway.Pipeline;

/// <summary>What every answer of the gateway port carries, an API's too. Made once per configuration: an answer costs it two fields.</summary>
internal sealed class AnswerStart
{
    private readonly string? transportSecurity;
    private readonly Draining draining;

    public AnswerStart(GatewayConfiguration gateway, Draining draining)
    {
        this.draining = draining;
        transportSecurity = gateway.StrictTransportSecurity.Field;
        Complete = state =>
        {
            Add((HttpContext)state);
            return Task.CompletedTask;
        };
    }

    /// <summary>For <c>OnStarting</c>, where what the API sent is known; takes the <see cref="HttpContext"/>.</summary>
    public Func<object, Task> Complete { get; }

    private void Add(HttpContext context)
    {
        context.Response.Headers[RequestId.Header] = context.TraceIdentifier;
        TransportSecurity.Announce(context, transportSecurity);
        draining.Announce(context);
    }
}
