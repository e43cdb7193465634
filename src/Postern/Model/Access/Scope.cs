using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Postern.Model.Access;

/// <summary>What a scope lets its holder do.</summary>
public enum ScopeVerb
{
    /// <summary>Read the catalogue, and the holder's own subscriptions with what happened to them.</summary>
    Read = 0,

    /// <summary>Subscribe, and change, try out and end the holder's own subscriptions. Holds <see cref="Read"/>.</summary>
    Subscribe = 1,

    /// <summary>Publish events in the gateway's name.</summary>
    Publish = 2,

    /// <summary>See events that are for an audience. Of a consumer and not of one of its credentials: events are owed to subscriptions.</summary>
    Audience = 3,
}

/// <summary>One permission, as <c>subscribe</c>, <c>read:/shop/orders</c>, <c>publish:orders.*</c> or <c>audience:partners</c>.</summary>
/// <param name="Verb">What may be done.</param>
/// <param name="Target">
/// Where: a path at the gateway, which is meant with all below it, an event type, which may end in <c>.*</c>, or the name of an audience.
/// Null: everywhere; an audience is always named.
/// </param>
public sealed partial record Scope(ScopeVerb Verb, string? Target)
{
    private const string AllBelow = ".*";

    public static IReadOnlyList<(string Spelling, ScopeVerb Verb)> Verbs { get; } =
        [("read", ScopeVerb.Read), ("subscribe", ScopeVerb.Subscribe), ("publish", ScopeVerb.Publish), ("audience", ScopeVerb.Audience)];

    /// <summary>Reads a scope; false when it is none.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out Scope? scope)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var name = colon < 0 ? text : text[..colon];
        var target = colon < 0 ? null : text[(colon + 1)..];
        scope = null;
        foreach (var (spelling, verb) in Verbs)
        {
            if (spelling == name && IsTarget(verb, target))
            {
                scope = new Scope(verb, target is ['/', ..] ? ResourcePath.Trim(target) : target);
            }
        }

        return scope is not null;
    }

    /// <summary>Whether it lets its holder do something at a path (read, subscribe), with an event type (publish) or see an audience.</summary>
    public bool Allows(ScopeVerb verb, string target) => Holds(verb) && (Target is null || Reaches(Target, target));

    /// <summary>Whether it lets its holder do something somewhere, wherever that is.</summary>
    public bool Holds(ScopeVerb verb) => Verb == verb || (Verb == ScopeVerb.Subscribe && verb == ScopeVerb.Read);

    /// <summary>What this scope and another one both allow; null when that is nothing.</summary>
    public Scope? Shared(Scope other)
    {
        ScopeVerb? verb = Holds(other.Verb) ? other.Verb : other.Holds(Verb) ? Verb : null;
        return verb is null ? null
            : Target is null || (other.Target is not null && Reaches(Target, other.Target)) ? new Scope(verb.Value, other.Target)
            : other.Target is null || Reaches(other.Target, Target) ? new Scope(verb.Value, Target)
            : null;
    }

    public override string ToString()
    {
        var spelling = Verbs.First(known => known.Verb == Verb).Spelling;
        return Target is null ? spelling : spelling + ":" + Target;
    }

    private static bool IsTarget(ScopeVerb verb, string? target) => verb switch
    {
        // Without a name it would be everything that is meant for others.
        ScopeVerb.Audience => target is not null && Audiences().IsMatch(target),
        ScopeVerb.Publish => target is null || Types().IsMatch(target),
        _ => target is null || Paths().IsMatch(target),
    };

    // A path begins with a slash and no other target does: one rule for each tells them apart.
    private static bool Reaches(string from, string to) =>
        from.StartsWith('/') ? ResourcePath.IsAtOrBelow(to, from)
        : from.EndsWith(AllBelow, StringComparison.Ordinal) ? to.StartsWith(from.AsSpan(..^1), StringComparison.Ordinal)
        : from == to;

    [GeneratedRegex(@"^/[^?#%{}\\\s]*$", RegexOptions.CultureInvariant)]
    private static partial Regex Paths();

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._-]{0,254}(\.\*)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Types();

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$", RegexOptions.CultureInvariant)]
    private static partial Regex Audiences();
}
