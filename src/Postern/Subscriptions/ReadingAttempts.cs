using Microsoft.AspNetCore.Http;
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
            Id = "listSubscriptionAttempts", Method = "GET", Path = "/{resource}/subscriptions/{id}/attempts", Tag = Answers.Tag,
            Summary = "List the attempts to call back, newest first",
            Query = PageRequest.Query, Handle = ListAsync,
            Responses =
            [
                new(200, "A page of them.", typeof(AttemptPage)),
                Answers.NotFound, Answers.Error(422, "The cursor or the limit is not valid."), .. Answers.Always,
            ],
        },
    ];

    private async Task ListAsync(HttpContext context)
    {
        var found = await own.FindAsync(context);
        var page = PageRequest.Read(context);
        var attempts = await store.ListAttemptsAsync(
            new AttemptQuery { Subscription = found.Number, Before = page.After, Limit = page.Limit + 1 }, context.RequestAborted);
        var (items, next) = page.Cut(attempts, entry => entry.Attempt.Number);
        await context.Response.WriteAsync(200, new AttemptPage { Items = [.. items.Select(AttemptView.Of)], Next = next });
    }
}
