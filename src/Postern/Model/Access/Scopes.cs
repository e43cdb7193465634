namespace Postern.Model.Access;

/// <summary>All that a caller may do. Immutable.</summary>
public sealed class Scopes(IReadOnlyList<Scope> all)
{
    public static Scopes None { get; } = new([]);

    /// <summary>Of a caller where nobody is asked who it is.</summary>
    public static Scopes Everything { get; } = new([new Scope(ScopeVerb.Subscribe, null), new Scope(ScopeVerb.Publish, null)]);

    /// <summary>
    /// Of a consumer that none are given to: its own subscriptions, everywhere. Not to publish: whoever publishes speaks to all
    /// consumers in the gateway's name.
    /// </summary>
    public static Scopes Usual { get; } = new([new Scope(ScopeVerb.Subscribe, null)]);

    public IReadOnlyList<Scope> All => all;

    /// <summary>Whether something may be done at a path (read, subscribe), with an event type (publish), or an audience be seen.</summary>
    public bool Allow(ScopeVerb verb, string target)
    {
        foreach (var scope in all)
        {
            if (scope.Allows(verb, target))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether something may be done anywhere at all.</summary>
    public bool AllowSome(ScopeVerb verb) => all.Any(scope => scope.Holds(verb));

    /// <summary>What both allow.</summary>
    public Scopes Shared(Scopes other) =>
        new([.. all.SelectMany(scope => other.All.Select(scope.Shared)).OfType<Scope>().Distinct()]);

    public override string ToString() => string.Join(' ', all);
}
