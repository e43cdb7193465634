using System.Text;
using Postern.Gateway.Identity.Signatures.Structured;

namespace Postern.Gateway.Identity.Signatures;

/// <summary>What the components of one request say (RFC 9421 §2.1, §2.2).</summary>
internal sealed class ComponentValues(ReceivedRequest request)
{
    // What a field is made of no reader can see from it: of others "sf" could mean a list as well.
    private static readonly string[] Known =
        ["content-digest", "priority", "repr-digest", "signature", "signature-input", "want-content-digest", "want-repr-digest"];

    // Members of one field can be covered one by one: it is read once, however many there are.
    private readonly Dictionary<string, StructuredDictionary?> dictionaries = new(StringComparer.Ordinal);

    /// <summary>The value; null where it is not there, or not one.</summary>
    public string? Of(SignedComponent component) => component.Name switch
    {
        "@method" => request.Method,
        "@target-uri" => request.Host.Length == 0 ? null : request.TargetUri,
        "@authority" => request.Host.Length == 0 ? null : request.Authority,
        "@scheme" => request.Scheme,
        "@request-target" => request.Target,
        "@path" => request.Path,
        "@query" => request.Query,
        "@query-param" => QueryParameters.Find(request.Query, component.Argument!),
        _ => OfField(component),
    };

    private string? OfField(SignedComponent component)
    {
        var fields = request.Fields[component.Name];
        var value = fields.Count == 0 ? null : component.Parameter switch
        {
            null => string.Join(", ", fields.Select(Trim)),
            "bs" => string.Join(", ", fields.Select(static field => $":{Convert.ToBase64String(Encoding.Latin1.GetBytes(Trim(field)))}:")),
            "sf" => Known.Contains(component.Name) ? Read(component.Name)?.ToString() : null,
            _ => Read(component.Name)?.Find(component.Argument!)?.ToString(),
        };

        // What is signed is ASCII; a field that is not can be covered as bytes (§2.1.3).
        return value is not null && Ascii.IsValid(value) ? value : null;
    }

    private StructuredDictionary? Read(string name)
    {
        if (!dictionaries.TryGetValue(name, out var read))
        {
            dictionaries[name] = read = StructuredDictionary.Parse(request.Fields[name]);
        }

        return read;
    }

    private static string Trim(string? field) => (field ?? "").Trim(' ', '\t');
}
