using Postern.Model;
using Postern.Model.Access;
using Postern.Operations;

namespace Postern.Gateway.Identity;

/// <summary>Whether the caller may come in.</summary>
internal static class Admission
{
    /// <summary>Lets a call pass on to its API.</summary>
    /// <exception cref="ProblemException">401: the path is not for anonymous callers. Where no consumers are configured, everybody is one.</exception>
    public static void Require(AuthPolicy policy, GatewayCall call)
    {
        if (!policy.Anonymous && (call.Consumer is null || call.Consumer == Consumer.Anonymous))
        {
            throw Problems.Unauthenticated();
        }
    }

    /// <summary>Lets a call of the gateway's own through.</summary>
    /// <exception cref="ProblemException">401 without a consumer; 403 where its scopes do not hold what the call needs.</exception>
    public static void Require(Operation operation, GatewayCall call)
    {
        if (operation.Scope is not { } verb)
        {
            return;
        }

        call.RequireConsumer();
        // What is published stands in the body: its types are looked at when they are known.
        if (verb == ScopeVerb.Publish ? !call.Scopes.AllowSome(verb) : !call.Scopes.Allow(verb, call.Path))
        {
            throw Problems.MissingScope(new Scope(verb, verb == ScopeVerb.Publish ? null : call.Path));
        }
    }
}
