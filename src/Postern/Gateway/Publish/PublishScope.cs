using Postern.Model;
using Postern.Model.Access;
using Postern.Operations;

namespace Postern.Gateway.Publish;

/// <summary>Which types of events the caller may publish.</summary>
internal static class PublishScope
{
    /// <exception cref="ProblemException">403, with the first type that is not among them: nothing of the call is kept.</exception>
    public static void Require(IReadOnlyList<EventContent> events, Scopes scopes)
    {
        if (events.FirstOrDefault(content => !scopes.Allow(ScopeVerb.Publish, content.Type)) is { } refused)
        {
            throw Problems.MissingScope(new Scope(ScopeVerb.Publish, refused.Type));
        }
    }
}
