using Postern.Model;
using Postern.Model.Access;

namespace Postern.Configuration;

/// <summary>Whom an event may be shown to. The one answer for the listener, replays and whoever reads: two would differ some day.</summary>
internal static class EventAudience
{
    /// <summary>
    /// To everybody, where it has no audience; else to the consumers that are named there, and to those whose scopes name one of its audiences. The
    /// name of a consumer means that one alone, whatever scopes say.
    /// </summary>
    public static bool MaySee(PosternConfiguration configuration, EventContent content, string consumer) =>
        content.Audience is not { } audience
        || audience.Contains(consumer, StringComparer.Ordinal)
        || (configuration.Consumers.TryGetValue(consumer, out var known) && IsGranted(configuration, audience, known.Scopes));

    private static bool IsGranted(PosternConfiguration configuration, IReadOnlyList<string> audience, Scopes scopes)
    {
        foreach (var name in audience)
        {
            if (scopes.Allow(ScopeVerb.Audience, name) && !configuration.Consumers.ContainsKey(name))
            {
                return true;
            }
        }

        return false;
    }
}
