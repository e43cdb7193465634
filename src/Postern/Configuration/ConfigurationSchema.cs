using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Postern.Configuration;

/// <summary>The JSON Schema (2020-12) of <c>postern.yaml</c>, for editors; made from what the reader reads by.</summary>
internal static class ConfigurationSchema
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Write()
    {
        var schema = new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "postern.yaml",
            ["description"] = "Configuration of Postern, the event-driven API gateway.",
        };
        foreach (var (keyword, content) in ConfigurationKeys.Document.Schema())
        {
            schema[keyword] = content?.DeepClone();
        }

        schema["$defs"] = new JsonObject
        {
            ["reference"] = new JsonObject
            {
                ["description"] = "A value that stands somewhere else: $env:NAME, an environment variable, or $file:PATH, a file relative to this one.",
                ["type"] = "string",
                ["pattern"] = "^\\$(env|file):.+$",
            },
        };
        return schema.ToJsonString(Indented) + "\n";
    }
}
