using Microsoft.AspNetCore.Http;
using Postern.Configuration;
using Postern.Gateway.Dispatch;

namespace Postern.Gateway.Capture;

/// <summary>The type of the event that a change makes.</summary>
internal static class EventNaming
{
    private const string Created = "created";
    private const string Updated = "updated";
    private const string Deleted = "deleted";

    /// <summary>Whether a method changes anything at all.</summary>
    public static bool Changes(string method) =>
        HttpMethods.IsPost(method) || HttpMethods.IsPut(method) || HttpMethods.IsPatch(method) || HttpMethods.IsDelete(method);

    /// <summary>The configured type, or that of the convention; null: this method makes no event here.</summary>
    public static string? TypeOf(string method, int status, RecordPath record, ResourceConfiguration? resource, string api)
    {
        if (resource?.Events is { } events)
        {
            return events.FirstOrDefault(entry => entry.Value.Contains(method, StringComparer.OrdinalIgnoreCase)).Key;
        }

        // The root of an API has no segment to be named by.
        var name = record.Names.Count == 0 ? api : string.Join('.', record.Names);
        return Verb(method, status, record.Key is not null) is { } verb ? $"{name}.{verb}" : null;
    }

    private static string? Verb(string method, int status, bool ofRecord)
    {
        if (HttpMethods.IsDelete(method))
        {
            return Deleted;
        }

        if (status == StatusCodes.Status201Created)
        {
            return Created;
        }

        if (HttpMethods.IsPost(method))
        {
            // POST to a record that is there works on it.
            return ofRecord ? Updated : Created;
        }

        return HttpMethods.IsPut(method) || HttpMethods.IsPatch(method) ? Updated : null;
    }
}
