using Postern.Configuration;

namespace Postern.Gateway.Identity;

/// <summary>
/// The policies of an API by path: that of the longest resource at or above it, else the API's own. A path is judged as it is
/// written and as the most lenient API would read it, and both judgements hold: no spelling opens what another one closes.
/// </summary>
internal sealed class AuthPolicies
{
    private readonly AuthPolicy whole;
    private readonly List<(string[] Segments, AuthPolicy Policy)> resources;

    public AuthPolicies(ApiConfiguration api)
    {
        whole = AuthPolicy.Usual.With(api.Auth);
        resources = [.. (api.Resources ?? new Dictionary<string, ResourceConfiguration>())
            .Where(static resource => resource.Value.Auth is not null)
            .Select(resource => (resource.Key.Split('/', StringSplitOptions.RemoveEmptyEntries), whole.With(resource.Value.Auth)))
            .OrderByDescending(static resource => resource.Item1.Length)
            .ThenBy(static resource => resource.Item1.Count(IsPlaceholder))];
    }

    /// <param name="segments">Decoded segments below the API's path.</param>
    public AuthPolicy Of(ReadOnlySpan<string> segments) =>
        resources.Count == 0 ? whole : Find(segments, StringComparison.Ordinal).And(Find(Lenient(segments), StringComparison.OrdinalIgnoreCase));

    private AuthPolicy Find(ReadOnlySpan<string> segments, StringComparison comparison)
    {
        foreach (var (template, policy) in resources)
        {
            if (Covers(template, segments, comparison))
            {
                return policy;
            }
        }

        return whole;
    }

    private static bool Covers(string[] template, ReadOnlySpan<string> segments, StringComparison comparison)
    {
        if (segments.Length < template.Length)
        {
            return false;
        }

        for (var index = 0; index < template.Length; index++)
        {
            if (!IsPlaceholder(template[index]) && !template[index].Equals(segments[index], comparison))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>As an API reads it that decodes again and again, takes every slash for one, climbs, and drops path parameters.</summary>
    private static string[] Lenient(ReadOnlySpan<string> segments)
    {
        var read = new List<string>();
        foreach (var segment in segments)
        {
            foreach (var part in DecodeWhole(segment).Split('/', '\\'))
            {
                var name = part.Split(';')[0];
                if (name == "..")
                {
                    read.RemoveRange(Math.Max(read.Count - 1, 0), Math.Min(read.Count, 1));
                }
                else if (name is not ("" or "."))
                {
                    read.Add(name);
                }
            }
        }

        return [.. read];
    }

    private static string DecodeWhole(string segment)
    {
        // Each round takes at least two characters away.
        for (var text = segment; ;)
        {
            var decoded = Uri.UnescapeDataString(text);
            if (decoded == text)
            {
                return text;
            }

            text = decoded;
        }
    }

    private static bool IsPlaceholder(string segment) => segment is ['{', .., '}'];
}
