using System.Text;
using Postern.Gateway.Identity.Signatures.Structured;

namespace Postern.Gateway.Identity.Signatures;

/// <summary>What a component of a request says (RFC 9421 §2.1, §2.2): pure.</summary>
internal static class ComponentValues
{
    // What a field is made of no reader can see from it: of others "sf" could mean a list as well.
    private static readonly string[] Dictionaries =
        ["content-digest", "priority", "repr-digest", "signature", "signature-input", "want-content-digest", "want-repr-digest"];

    /// <summary>The value; null where it is not there, or not one.</summary>
    public static string? Of(SignedComponent component, ReceivedRequest request) => component.Name switch
    {
        "@method" => request.Method,
        "@target-uri" => request.Host.Length == 0 ? null : request.TargetUri,
        "@authority" => request.Host.Length == 0 ? null : request.Authority,
        "@scheme" => request.Scheme,
        "@request-target" => request.Target,
        "@path" => request.Path,
        "@query" => request.Query,
        "@query-param" => QueryParameters.Find(request.Query, component.Argument!),
        _ => OfField(component, request),
    };

    private static string? OfField(SignedComponent component, ReceivedRequest request)
    {
        var fields = request.Fields[component.Name];
        var value = fields.Count == 0 ? null : component.Parameter switch
        {
            null => string.Join(", ", fields.Select(Trim)),
            "bs" => string.Join(", ", fields.Select(static field => $":{Convert.ToBase64String(Encoding.Latin1.GetBytes(Trim(field)))}:")),
            "sf" => Dictionaries.Contains(component.Name) ? StructuredDictionary.Parse(fields)?.ToString() : null,
            _ => StructuredDictionary.Parse(fields)?.Find(component.Argument!)?.ToString(),
        };

        // What is signed is ASCII; a field that is not can be covered as bytes (§2.1.3).
        return value is not null && Ascii.IsValid(value) ? value : null;
    }

    private static string Trim(string? field) => (field ?? "").Trim(' ', '\t');
}
