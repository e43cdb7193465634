using System.Text.RegularExpressions;
using Postern.Configuration.Reading;
using Postern.Configuration.Values;
using Postern.Model.Resources;

namespace Postern.Configuration.Rules;

/// <summary>What APIs, resources and event types mean together.</summary>
internal static class ApiRules
{
    public static void Check(PosternConfiguration configuration, Reader reader)
    {
        // Without an API there is no resource to subscribe to, and an empty file is more often a mistake than a wish:
        // a ConfigMap that was not filled, an editor that empties the file before it writes it.
        if (configuration.Apis.Count == 0 && !reader.HasErrorBelow("apis"))
        {
            reader.Report("apis", "there is no API to put a gateway in front of: add apis.NAME.upstream, or start with --upstream URL.");
        }

        var owners = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, api) in configuration.Apis)
        {
            var path = KeyPath.Key("apis", name);
            if (!owners.TryAdd(api.Path, name))
            {
                reader.Report(KeyPath.Key(path, "path"), $"'{api.Path}' is the path of the API '{owners[api.Path]}' too: give each API a path of its own.");
            }

            CheckOwn(api, path, reader);
            CheckWords(api, path, reader);
            var templates = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var (resource, settings) in api.Resources ?? new Dictionary<string, ResourceConfiguration>())
            {
                var at = KeyPath.Key(KeyPath.Key(path, "resources"), resource);
                var template = Regex.Replace(resource, "{[^}]*}", "{}");
                if (!templates.TryAdd(template, resource))
                {
                    reader.Report(at, $"covers the same paths as '{templates[template]}': keep one.");
                }

                CheckEvents(resource, settings, at, reader);
            }
        }
    }

    /// <summary>What happens at the gateway's own path and has its types is said by the gateway alone.</summary>
    private static void CheckOwn(ApiConfiguration api, string path, Reader reader)
    {
        if (OwnResources.Hold(api.Path))
        {
            reader.Report(KeyPath.Key(path, "path"), $"{OwnResources.Root} is the gateway's own resource: give the API another path.");
            return;
        }

        foreach (var (resource, settings) in api.Resources ?? new Dictionary<string, ResourceConfiguration>())
        {
            var at = KeyPath.Key(KeyPath.Key(path, "resources"), resource);
            if (OwnResources.Hold(api.Path.TrimEnd('/') + resource))
            {
                reader.Report(at, $"{OwnResources.Root} is the gateway's own resource, which shadows this path: put the API below a path of its own with {path}.path.");
            }

            foreach (var type in (settings.Events?.Keys ?? []).Where(static type => type.StartsWith(OwnResources.TypePrefix, StringComparison.OrdinalIgnoreCase)))
            {
                reader.Report(KeyPath.Key(KeyPath.Key(at, "events"), type), $"types that begin with {OwnResources.TypePrefix} are the gateway's own: give it another name.");
            }
        }
    }

    private static void CheckWords(ApiConfiguration api, string path, Reader reader)
    {
        (string Key, string Word)[] words =
        [
            ("subscribe", api.Words.Subscribe), ("unsubscribe", api.Words.Unsubscribe),
            ("subscriptions", api.Words.Subscriptions), ("events", api.Words.Events),
        ];
        for (var index = 1; index < words.Length; index++)
        {
            if (Array.Find(words[..index], earlier => earlier.Word == words[index].Word) is { Key: { } key })
            {
                reader.Report(
                    KeyPath.Key(KeyPath.Key(path, "words"), words[index].Key),
                    $"'{words[index].Word}' is the word for {key} too: each call needs a word of its own.");
            }
        }

        Report(api.Path, KeyPath.Key(path, "path"));
        foreach (var resource in api.Resources?.Keys ?? [])
        {
            Report(resource, KeyPath.Key(KeyPath.Key(path, "resources"), resource));
        }

        void Report(string checkedPath, string at)
        {
            foreach (var segment in checkedPath.Split('/'))
            {
                if (Array.Find(words, word => word.Word == segment) is { Key: { } key })
                {
                    reader.Report(
                        at,
                        $"'{segment}' is the gateway's own word, which shadows this path: rename the word with {KeyPath.Key(path, "words")}.{key}.");
                }
            }
        }
    }

    private static void CheckEvents(string resource, ResourceConfiguration settings, string path, Reader reader)
    {
        var makers = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (type, methods) in settings.Events ?? new Dictionary<string, IReadOnlyList<string>>())
        {
            foreach (var method in methods)
            {
                if (!makers.TryAdd(method, type))
                {
                    var message = makers[method] == type
                        ? $"{method} is there twice: keep one."
                        : $"{method} makes '{makers[method]}' already: one change makes one event.";
                    reader.Report(KeyPath.Key(KeyPath.Key(path, "events"), type), message);
                }
            }
        }

        var types = settings.Events?.Keys.ToList() ?? Conventional(resource);
        foreach (var type in settings.Schemas.Keys.Where(type => types.Count > 0 && !types.Contains(type)))
        {
            reader.Report(
                KeyPath.Key(KeyPath.Key(path, "schemas"), type),
                $"'{type}' is no event type of this resource ({string.Join(", ", types)}).{Spelling.Suggest(type, types)}");
        }
    }

    /// <summary>The types of a resource without events of its own; none for the root, whose types take the names of what lies below it.</summary>
    private static List<string> Conventional(string resource)
    {
        var name = string.Join('.', resource.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(segment => segment[0] != '{'));
        return resource == "/" ? [] : [$"{name}.created", $"{name}.updated", $"{name}.deleted"];
    }
}
