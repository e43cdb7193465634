using System.Net;
using Microsoft.AspNetCore.Http;
using Postern.Configuration;
using Postern.Gateway.Dispatch;
using Postern.Gateway.Pipeline;
using Postern.Model.Limits;
using Postern.Operations;

namespace Postern.Gateway.Limits;

/// <summary>
/// What one call takes of the limits: first what its address may, then its consumer, then its route, last what the gateway may
/// as a whole, so that nobody's refused calls use up what is everybody's. Its places are given back when it ends.
/// </summary>
internal sealed class CallLimits(GatewayLimits shared, HttpContext context, GatewayCall call) : IDisposable
{
    private const string Whole = "";
    private static readonly KeyValuePair<string, object?> ByList = new("limit", "list"), ByUrl = new("limit", "url");

    private readonly List<LimitState> entered = new(4);
    private readonly TimeSpan now = shared.Now;
    private LimitState? whole;
    private RateLimitHeaders? headers;

    private LimitsConfiguration Limits => call.Configuration.Limits;

    /// <summary>What can be said of a call before anybody asks who makes it.</summary>
    public void AdmitAddress(string target)
    {
        Admit(call.Configuration.Gateway.Addresses);
        if (target.Length > Limits.MaxUrlBytes)
        {
            LastAnswer.Announce(context);
            throw Refused(ByUrl, new(Problems.Make(
                414, "url-too-long", "The URL is too long", $"Path and query may have {Limits.MaxUrlBytes} bytes together (limits.maxUrlBytes).")));
        }

        if (!Limits.Global.IsNone)
        {
            whole = Enter(shared.Routes, Whole, LimitScope.Global, Limits.Global.Concurrency ?? int.MaxValue);
        }

        if (call.Address is { } address && !Limits.Address.IsNone)
        {
            Admit(shared.Addresses, AddressKey.Of(address), LimitScope.Address, Limits.Address);
        }
    }

    public void AdmitConsumer()
    {
        if (call.Consumer is not { } consumer)
        {
            return;
        }

        var limit = call.Configuration.Consumers.TryGetValue(consumer.Name, out var known) ? known.Limits.Over(Limits.Consumer) : Limits.Consumer;
        if (!limit.IsNone)
        {
            Admit(shared.Consumers, consumer.Name, LimitScope.Consumer, limit);
        }
    }

    /// <summary>A call to an API or to a resource of it, the gateway's own calls there included.</summary>
    public void AdmitApi(ApiRoute? api)
    {
        if (api is not null)
        {
            Admit(api.Configuration.Addresses);
        }
    }

    /// <summary>A call of the gateway's own.</summary>
    public void AdmitOperation(Operation operation)
    {
        var (name, limit) = operation.Id switch
        {
            "publishEvents" => ("call publish", Limits.Calls.Publish),
            "subscribe" => ("call subscribe", Limits.Calls.Subscribe),
            _ => ("call others", Limits.Calls.Others),
        };
        Admit(shared.Routes, name, LimitScope.Route, limit);
        AdmitWhole();
    }

    /// <summary>A call that is passed on.</summary>
    public void AdmitPassing(ApiRoute api, RequestPath path)
    {
        Admit(shared.Routes, api.LimitName, LimitScope.Route, api.Configuration.Limits);
        if (api.FindResourceLimits(path) is { } resource)
        {
            Admit(shared.Routes, resource.Name, LimitScope.Route, resource.Limits);
        }

        AdmitWhole();
    }

    public void Dispose()
    {
        foreach (var state in entered)
        {
            state.Leave();
        }
    }

    // Its place has been taken at the beginning.
    private void AdmitWhole()
    {
        if (whole is not null && Limits.Global.Tokens is { } rate)
        {
            Take(whole, LimitScope.Global, rate);
        }
    }

    private void Admit(AddressesConfiguration addresses)
    {
        if (!addresses.Admits(call.Address))
        {
            throw Refused(ByList, Problems.Forbidden("Calls from this address are not taken here."));
        }
    }

    private void Admit<TKey>(LimitStates<TKey> states, TKey key, LimitScope scope, LimitConfiguration limit)
        where TKey : notnull
    {
        if (limit.IsNone)
        {
            return;
        }

        var state = Enter(states, key, scope, limit.Concurrency ?? int.MaxValue);
        if (limit.Tokens is { } rate)
        {
            Take(state, scope, rate);
        }
    }

    private LimitState Enter<TKey>(LimitStates<TKey> states, TKey key, LimitScope scope, int places)
        where TKey : notnull
    {
        var state = states.Enter(key, places, now) ?? throw Refused(scope.Concurrency, scope.TooMany());
        entered.Add(state);
        return state;
    }

    private void Take(LimitState state, LimitScope scope, TokenRate rate)
    {
        var answer = state.Take(rate, now);
        if (scope.IsCallers || !answer.Taken)
        {
            (headers ??= RateLimitHeaders.Of(context.Response)).Add(scope, rate, answer);
        }

        if (!answer.Taken)
        {
            throw Refused(scope.Rate, scope.TooFast(answer.Wait));
        }
    }

    private ProblemException Refused(KeyValuePair<string, object?> limit, ProblemException problem)
    {
        shared.Refused.Add(1, limit);
        return problem;
    }
}
