using Microsoft.AspNetCore.Http;
using Postern.Gateway.Pipeline;
using Postern.Operations;

namespace Postern.Gateway.Dispatch;

/// <summary>Finds the operation a call means and fills what the call is about; what means none is the API's.</summary>
internal sealed class Dispatcher(OperationTable operations)
{
    public Operation? Find(HttpContext context, ApiRoute? api, RequestPath path, GatewayCall call)
    {
        var segments = path.Segments;
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
                throw NotCovered(api);
            }
        }

        if (wrongMethod is not null)
        {
            context.Response.Headers.Allow = wrongMethod.Allow;
            throw new ProblemException(Problems.Make(
                405, "method-not-allowed", "Method not allowed", $"This path takes {wrongMethod.Allow}. If it is a path of the API, rename the gateway's word in its 'words'."));
        }

        return subscription < 0 ? null : throw Problems.NotFound("There is no such call on a subscription.");
    }

    private static ProblemException NotCovered(ApiRoute api) =>
        Problems.NotFound($"This path cannot be subscribed to. These can: {string.Join(", ", api.Resources.Resources ?? [])}.");
}
