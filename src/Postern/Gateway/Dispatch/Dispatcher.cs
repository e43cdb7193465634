using Microsoft.AspNetCore.Http;
using Postern.Gateway.Pipeline;
using Postern.Model;
using Postern.Model.Resources;
using Postern.Operations;

namespace Postern.Gateway.Dispatch;

/// <summary>Finds the operation a call means and fills what the call is about; what means none is the API's.</summary>
internal sealed class Dispatcher(OperationTable operations)
{
    public Operation? Find(HttpContext context, ApiRoute? api, RequestPath path, GatewayCall call)
    {
        var segments = path.Segments;
        if (OwnResources.Hold(segments))
        {
            return FindOwn(context, segments, call);
        }

        var prefix = api?.Prefix.Length ?? 0;
        var subscription = OperationTable.FindSubscription(segments, prefix, api?.Configuration.Words);
        Tail? wrongMethod = null;
        foreach (var match in operations.Find(segments, prefix, api?.Configuration.Words))
        {
            if (subscription >= 0 && match.Start != subscription)
            {
                // Below a subscription of ours nothing is a resource.
                continue;
            }

            if (!match.Tail.HasResource)
            {
                if (match.Tail.ByMethod.TryGetValue(context.Request.Method, out var whole))
                {
                    return whole;
                }

                continue;
            }

            var record = api!.Resources.Match(segments.AsSpan(api.Prefix.Length, match.Start - api.Prefix.Length), lastIsKey: false);
            if (!match.Tail.ByMethod.TryGetValue(context.Request.Method, out var operation))
            {
                wrongMethod ??= record is not null && match.Tail.IsCertainlyOurs ? match.Tail : null;
                continue;
            }

            if (record is not null)
            {
                call.Api = api.Name;
                call.Resource = record.Resource;
                call.Key = record.Key;
                call.Id = match.Id;
                call.Job = match.Job;
                return operation;
            }

            if (match.Tail.IsVerb)
            {
                throw NotCovered(api.Resources.Resources ?? []);
            }
        }

        if (wrongMethod is not null)
        {
            throw WrongMethod(context, wrongMethod, " If it is a path of the API, rename the gateway's word in its 'words'.");
        }

        return subscription < 0 ? null : throw Problems.NotFound("There is no such call on a subscription.");
    }

    /// <summary>A call on the gateway's own resources; whatever else stands below their path is the API's. No API can rename their words.</summary>
    private Operation? FindOwn(HttpContext context, string[] segments, GatewayCall call)
    {
        Tail? wrongMethod = null;
        foreach (var match in operations.Find(segments, prefix: 0, OperationTable.DefaultWords))
        {
            // /postern/subscriptions is a resource and a call: what follows it is an id only when it looks like one.
            if (!match.Tail.HasResource || (match.Id is not null && !SubscriptionId.IsOne(match.Id)))
            {
                continue;
            }

            var record = OwnResources.Match(segments.AsSpan(0, match.Start));
            if (record is not null && match.Tail.ByMethod.TryGetValue(context.Request.Method, out var operation))
            {
                call.Resource = record.Resource;
                call.Key = record.Key;
                call.Id = match.Id;
                return operation;
            }

            if (record is null && match.Tail.IsVerb)
            {
                throw NotCovered(OwnResources.All);
            }

            wrongMethod ??= record is not null && match.Tail.IsCertainlyOurs ? match.Tail : null;
        }

        return wrongMethod is null ? null : throw WrongMethod(context, wrongMethod, "");
    }

    private static ProblemException WrongMethod(HttpContext context, Tail tail, string advice)
    {
        context.Response.Headers.Allow = tail.Allow;
        return new ProblemException(Problems.Make(405, "method-not-allowed", "Method not allowed", $"This path takes {tail.Allow}.{advice}"));
    }

    private static ProblemException NotCovered(IReadOnlyList<string> resources) =>
        Problems.NotFound($"This path cannot be subscribed to. These can: {string.Join(", ", resources)}.");
}
