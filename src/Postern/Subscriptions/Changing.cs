using Microsoft.AspNetCore.Http;
using Postern.Model.Access;
using Postern.Operations;

namespace Postern.Subscriptions;

/// <summary>Changes what a subscription wants and where it is called back.</summary>
internal sealed class Changing(OwnSubscriptions own, TimeProvider time)
{
    public IReadOnlyList<Operation> Operations =>
    [
        new Operation
        {
            Id = "changeSubscription", Method = "PATCH", Scope = ScopeVerb.Subscribe, Path = "/{resource}/subscriptions/{id}", Tag = Answers.Tag,
            Summary = "Change a subscription",
            Description = "A JSON merge patch (RFC 7396). Callbacks that are still owed go to the new URL; events and filter hold for the events that come after the answer.",
            Request = typeof(SubscriptionPatch), RequestMediaTypes = RequestBody.MergePatch, Handle = ChangeAsync,
            Responses = [new(200, "The subscription as it stands now.", typeof(SubscriptionView)), Answers.NotFound, .. Answers.OfBody, .. Answers.Always],
        },
    ];

    private async Task ChangeAsync(HttpContext context)
    {
        var found = await own.FindAsync(context);
        var call = context.GatewayCall();
        var body = await RequestBody.ReadObjectAsync(context, RequestBody.MergePatch);
        var fields = SubscriptionFieldsParser.ReadPatch(body, EventTypes.Of(call), call.Configuration, found.Path);
        var changed = await own.ChangeAsync(context, found, fields.Patch);
        await context.Response.WriteAsync(200, SubscriptionView.Of(changed, time.GetUtcNow()));
    }
}
