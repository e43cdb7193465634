namespace Postern.Model.Resources;

/// <summary>Names of event types by convention: the segments of a path without its keys, and what the method did.</summary>
internal static class EventTypeNames
{
    private const string Created = "created";
    private const string Updated = "updated";
    private const string Deleted = "deleted";

    /// <summary>The types of a resource, and the methods that make them.</summary>
    /// <param name="names">Names of the resource, <see cref="RecordPath.Names"/>.</param>
    /// <param name="api">Name of its API: the root of an API has no segment to be named by.</param>
    public static IReadOnlyList<(string Type, string[] Methods)> Of(IReadOnlyList<string> names, string api) =>
    [
        (Name(names, api, Created), ["POST"]), (Name(names, api, Updated), ["PUT", "PATCH"]), (Name(names, api, Deleted), ["DELETE"]),
    ];

    /// <summary>The type of what a call did; null: it changed nothing.</summary>
    /// <param name="method">Method of the call.</param>
    /// <param name="status">The API's answer, 200 to 299.</param>
    /// <param name="ofRecord">Its path named one record.</param>
    /// <inheritdoc cref="Of(IReadOnlyList{string}, string)" path="/param"/>
    public static string? Of(string method, int status, bool ofRecord, IReadOnlyList<string> names, string api) =>
        Verb(method, status, ofRecord) is { } verb ? Name(names, api, verb) : null;

    /// <summary>Whether <paramref name="type"/> is what the convention calls an event of some resource below <paramref name="names"/>.</summary>
    public static bool IsBelow(string type, IReadOnlyList<string> names)
    {
        var prefix = names.Count == 0 ? "" : string.Join('.', names) + ".";
        var verb = type.LastIndexOf('.');
        return verb > prefix.Length && type.StartsWith(prefix, StringComparison.Ordinal) && type[(verb + 1)..] is Created or Updated or Deleted;
    }

    private static string Name(IReadOnlyList<string> names, string api, string verb) =>
        (names.Count == 0 ? api : string.Join('.', names)) + "." + verb;

    private static string? Verb(string method, int status, bool ofRecord) => method.ToUpperInvariant() switch
    {
        "DELETE" => Deleted,
        "POST" or "PUT" or "PATCH" when status == 201 => Created,
        // POST to a record that is there works on it.
        "POST" => ofRecord ? Updated : Created,
        "PUT" or "PATCH" => Updated,
        _ => null,
    };
}
