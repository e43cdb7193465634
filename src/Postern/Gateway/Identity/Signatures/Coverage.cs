using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Postern.Model.CloudEvents;
using Postern.Operations.Idempotency;

namespace Postern.Gateway.Identity.Signatures;

/// <summary>What a signature must cover, so that nobody on the way makes another call of a message: pure.</summary>
internal static class Coverage
{
    public const string ContentDigest = "content-digest";

    /// <param name="required">Components that the credential asks for beyond what every signature covers.</param>
    /// <param name="mayHaveBody">A body was announced; it may turn out to be empty.</param>
    /// <param name="publishes">Header fields may be attributes of an event.</param>
    /// <returns>What is missing, as the reason of a refusal; null when nothing is.</returns>
    public static string? FindFault(MessageSignature signature, ReceivedRequest request, IEnumerable<string> required, bool mayHaveBody, bool publishes)
    {
        var covered = signature.Components.Where(static component => component.IsWhole).Select(static component => component.Name).ToHashSet(StringComparer.Ordinal);
        var missing = Always(request, covered)
            .Concat(mayHaveBody ? OfBody(request.Fields) : [])
            // With another key the same call could be made twice.
            .Concat(Sent(request.Fields, IdempotencyKey.Header))
            .Concat(publishes ? request.Fields.Select(static field => field.Key.ToLowerInvariant()).Where(IsAttribute) : [])
            .Concat(required)
            .FirstOrDefault(component => !covered.Contains(component));
        return missing is null ? null : $"The signature does not cover \"{missing}\".";
    }

    private static IEnumerable<string> Always(ReceivedRequest request, HashSet<string> covered) =>
        covered.Contains("@target-uri") ? ["@method"]
        : covered.Contains("@path") || covered.Contains("@authority") ? ["@method", "@authority", "@path", .. request.HasQuery ? ["@query"] : Array.Empty<string>()]
        : ["@method", "@target-uri"];

    // What the bytes of a body mean is said beside it.
    private static IEnumerable<string> OfBody(IHeaderDictionary fields) => [ContentDigest, .. Sent(fields, HeaderNames.ContentType), .. Sent(fields, HeaderNames.ContentEncoding)];

    private static string[] Sent(IHeaderDictionary fields, string name) => fields.ContainsKey(name) ? [name.ToLowerInvariant()] : [];

    private static bool IsAttribute(string name) => name.StartsWith(HttpDecoder.HeaderPrefix, StringComparison.Ordinal);
}
