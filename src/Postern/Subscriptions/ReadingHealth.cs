using Microsoft.AspNetCore.Http;
using Postern.Model.Access;
using Postern.Monitoring;
using Postern.Operations;

namespace Postern.Subscriptions;

/// <summary>Tells a consumer whether its endpoint is up.</summary>
internal sealed class ReadingHealth(OwnSubscriptions own, HealthReader health)
{
    public IReadOnlyList<Operation> Operations =>
    [
        new Operation
        {
            Id = "readSubscriptionHealth", Method = "GET", Scope = ScopeVerb.Read, Path = "/{resource}/subscriptions/{id}/health", Tag = Answers.Tag,
            Summary = "Read whether your endpoint is up",
            Description = "Since when not, why, what is owed, and when the next attempt is made.",
            Handle = ReadAsync,
            Responses = [new(200, "Its health.", typeof(SubscriptionHealthReport)), Answers.NotFound, .. Answers.Always],
        },
    ];

    private async Task ReadAsync(HttpContext context) =>
        await context.Response.WriteAsync(200, await health.ReadAsync(await own.FindAsync(context), context.RequestAborted));
}
