using Microsoft.AspNetCore.Http;
using Postern.Model.Access;
using Postern.Operations;
using Postern.Ports;

namespace Postern.Subscriptions;

/// <summary>Shows a consumer what came of its callbacks.</summary>
internal sealed class ReadingAttempts(IStore store, OwnSubscriptions own)
{
    public IReadOnlyList<Operation> Operations =>
    [
        new Operation
        {
            Id = "listSubscriptionAttempts", Method = "GET", Scope = ScopeVerb.Read, Path = "/{resource}/subscriptions/{id}/attempts", Tag = Answers.Tag,
            Summary = "List the attempts to call back, newest first",
            Query = CallQuery.Paging, Handle = ListAsync,
            Responses =
            [
                new(200, "A page of them.", typeof(Page<AttemptReport>)),
                Answers.NotFound, Answers.Error(422, "The cursor or the limit is not valid."), .. Answers.Always,
            ],
        },
    ];

    private async Task ListAsync(HttpContext context)
    {
        var found = await own.FindAsync(context);
        var query = new CallQuery(context.Request.Query, CallQuery.Paging);
        var (before, limit) = (query.After, query.Limit);
        query.ThrowIfInvalid();
        var attempts = await store.ListAttemptsAsync(
            new AttemptQuery { Subscription = found.Number, Before = before, Limit = limit + 1 }, context.RequestAborted);
        await context.Response.WriteAsync(200, Page.Of(attempts, limit, entry => entry.Attempt.Number, AttemptReport.Of));
    }
}
