using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Postern.Gateway.Dispatch;
using Postern.Gateway.Identity;
using Postern.Gateway.Identity.Logins;
using Postern.Gateway.Limits;
using Postern.Gateway.Proxy;
using Postern.Model;
using Postern.Operations;

namespace Postern.Gateway.Pipeline;

/// <summary>What happens to each call of the gateway port, in order.</summary>
internal sealed class GatewayPipeline(
    GatewaySnapshots snapshots, GatewayLimits limits, RefusalPace pace, Dispatcher dispatcher, ApiProxy proxy, ILogger<GatewayPipeline> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var snapshot = snapshots.Current;
        var body = context.Request.Body;
        Name(context);
        context.Response.OnStarting(snapshot.AnswerStart.Complete, context);
        try
        {
            await RunAsync(context, snapshot);
        }
        catch (Exception exception) when (!context.Response.HasStarted)
        {
            if (context.RequestAborted.IsCancellationRequested)
            {
                // Nobody is there to be told.
                return;
            }

            if (Failures.Of(exception) is { } failure)
            {
                await RefuseAsync(context, body, failure);
            }
            else
            {
                logger.CallFailed(exception, context.TraceIdentifier);
                await TellAsync(context, body, Failures.Unforeseen);
            }
        }
        finally
        {
            UnreadBody.Settle(context, body);
        }
    }

    private async Task RunAsync(HttpContext context, GatewaySnapshot snapshot)
    {
        var request = context.Request;
        var ambiguous = RequestMethod.FindFault(request.Protocol, request.Method)
            ?? Framing.FindFault(request.Protocol, request.Headers)
            ?? Fields.FindFault(request.Headers);
        if (ambiguous is not null)
        {
            throw Refused(context, ambiguous);
        }

        var client = ClientOrigin.Of(context.Connection.RemoteIpAddress, request.Headers, snapshot.Configuration.Gateway.TrustedProxies);
        var call = new GatewayCall
        {
            Configuration = snapshot.Configuration,
            Address = client.Address,
            ForwardedScheme = client.Scheme,
            ForwardedHost = client.Host,
        };
        context.Features.Set(call);
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        using var taken = limits.Begin(context, call);
        taken.AdmitAddress(target);
        ClientHeaders.Clean(request.Headers, snapshot.Configuration.Identity);
        request.Headers[RequestId.Header] = context.TraceIdentifier;
        if (!RequestPath.TryParse(target, out var path, out var fault))
        {
            throw Refused(context, fault);
        }

        Loops.Refuse(request.Headers);
        var api = snapshot.FindApi(path.Segments);
        taken.AdmitApi(api);
        var operation = dispatcher.Find(context, api, path, call);
        if (operation is null && (api is null || !snapshot.PassesOn))
        {
            throw Problems.NotFound(api is null ? "No API of this gateway has this path." : "This process answers calls on subscriptions, and passes nothing on to APIs.");
        }

        call.Publishes = operation is { OnlyPublishes: true };
        // The very path that goes upstream decides who may come in. The gateway's own resources belong to no API.
        var policy = operation is null || call.Api is not null ? api!.PolicyOf(path) : AuthPolicy.Usual;
        await IdentifyAsync(context, snapshot.Identification, policy, call);
        taken.AdmitConsumer();
        if (operation is not null)
        {
            Admission.Require(operation, call);
            taken.AdmitOperation(operation);
            if (operation.IsAudited && call.Consumer is { } consumer)
            {
                CallOrigin.Current = new CallOrigin(CallOrigin.Of(consumer), operation.Id, call.Address?.ToString(), context.TraceIdentifier);
            }

            OwnAnswer.Protect(context.Response.Headers);
            await operation.Handle(context);
            return;
        }

        Admission.Require(policy, call);
        call.Api = api!.Name;
        taken.AdmitPassing(api, path);
        await proxy.SendAsync(context, api, path, call);
    }

    private static async ValueTask IdentifyAsync(HttpContext context, Identification identification, AuthPolicy policy, GatewayCall call)
    {
        call.Challenges = identification.ChallengesOf(policy);
        if (await identification.IdentifyAsync(context, policy) is { } caller)
        {
            (call.Consumer, call.Credential, call.Scopes) = (caller.Consumer, caller.Credential, caller.Scopes);
        }
    }

    private async Task RefuseAsync(HttpContext context, Stream body, ProblemException failure)
    {
        try
        {
            if (!await pace.WaitAsync(failure, context.Features.Get<GatewayCall>()?.Address, context.RequestAborted))
            {
                LastAnswer.Announce(context);
            }
        }
        catch (OperationCanceledException)
        {
            return;
        }

        await TellAsync(context, body, failure);
    }

    private static Task TellAsync(HttpContext context, Stream body, ProblemException failure)
    {
        // Before the answer begins: it says that the connection ends, where it does.
        UnreadBody.Settle(context, body);
        OwnAnswer.Protect(context.Response.Headers);
        return context.Response.WriteAsync(failure);
    }

    private static ProblemException Refused(HttpContext context, string fault)
    {
        LastAnswer.Announce(context);
        return Problems.Malformed(fault);
    }

    private static void Name(HttpContext context)
    {
        var given = context.Request.Headers[RequestId.Header];
        context.TraceIdentifier = given.Count == 1 && RequestId.IsWellFormed(given[0]) ? given[0]! : RequestId.Create();
    }
}
