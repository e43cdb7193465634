using Microsoft.AspNetCore.Http;
using Postern.Configuration;
using Postern.Egress;
using Postern.Model;
using Postern.Model.Access;
using Postern.Operations;

namespace Postern.Subscriptions;

/// <summary>Changes what a subscription wants and where it is called back.</summary>
internal sealed class Changing(OwnSubscriptions own, SubscriptionTerms terms, SecretProtector protector, TimeProvider time)
{
    public IReadOnlyList<Operation> Operations =>
    [
        new Operation
        {
            Id = "changeSubscription", Method = "PATCH", Scope = ScopeVerb.Subscribe, Path = "/{resource}/subscriptions/{id}", Tag = Answers.Tag,
            Summary = "Change a subscription",
            Description = "A JSON merge patch (RFC 7396). Callbacks that are still owed go to the new URL, as soon as its receiver has consented where the API wants that; events and filter hold for the events that come after the answer.",
            Request = typeof(SubscriptionPatch), RequestMediaTypes = RequestBody.MergePatch, Handle = ChangeAsync,
            Responses = [new(200, "The subscription as it stands now.", typeof(SubscriptionView)), Answers.NotFound, .. Answers.OfBody, .. Answers.Always],
        },
    ];

    private async Task ChangeAsync(HttpContext context)
    {
        var found = await own.FindAsync(context);
        var call = context.GatewayCall();
        var body = await RequestBody.ReadObjectAsync(context, RequestBody.MergePatch);
        var fields = SubscriptionFieldsParser.ReadPatch(body, EventTypes.Of(call), call.Configuration, found);
        var delivery = fields.Delivery?.Seal(found.Id, protector);
        var now = time.GetUtcNow();
        var shared = fields.Callback is { } callback && callback != found.Callback
            ? await terms.Proofs.FindAsync(found.Consumer, found.Path, callback, call.Configuration, context.RequestAborted)
            : null;
        var changed = await own.ChangeAsync(context, found, current => Prove(current, fields.Patch(current, delivery), call.Configuration, now, shared));
        await context.Response.WriteAsync(200, SubscriptionView.Of(changed, now));
    }

    /// <summary>What was proved of one URL says nothing about another. One that sends nothing is asked for its proof when it is resumed.</summary>
    private static Subscription Prove(Subscription before, Subscription after, PosternConfiguration configuration, DateTimeOffset now, Proof? shared)
    {
        if (after.Callback == before.Callback)
        {
            return after;
        }

        var unproved = after with { Proof = null };
        return after.State is SubscriptionState.Active or SubscriptionState.Pending
            ? Ownership.Activate(unproved, configuration, now, shared)
            : unproved;
    }
}
