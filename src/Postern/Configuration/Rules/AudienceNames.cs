using Postern.Model;
using Postern.Model.Access;

namespace Postern.Configuration.Rules;

/// <summary>
/// An audience and a consumer never share a name: an event for the one would be shown to whoever sees the other. Where they meet all the same
/// (one in the file, one made by the admin API), the consumer has the name.
/// </summary>
internal static class AudienceNames
{
    /// <summary>What is wrong with a consumer's scope, completing "'scope' …"; null when nothing is.</summary>
    public static string? FindFault(Scope scope, IReadOnlyDictionary<string, ConsumerConfiguration> consumers) =>
        scope is { Verb: ScopeVerb.Audience, Target: { } name } && (name == Consumer.Anonymous.Name || consumers.ContainsKey(name))
            ? $"names the consumer {name}: what is for it is shown to nobody else. Give the audience a name of its own."
            : null;

    /// <inheritdoc cref="FindFault"/>
    public static string? FindFaultOfCredential(Scope scope) =>
        scope.Verb == ScopeVerb.Audience
            ? "belongs to the consumer: events are owed to its subscriptions, whichever credential made them. Give it there."
            : null;

    /// <summary>A consumer that sees the audience of this name; null when nobody does.</summary>
    public static string? FindHolder(string name, IReadOnlyDictionary<string, ConsumerConfiguration> consumers) =>
        consumers.FirstOrDefault(consumer => consumer.Value.Scopes.Allow(ScopeVerb.Audience, name)).Key;
}
