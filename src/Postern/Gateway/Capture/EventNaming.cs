using Microsoft.AspNetCore.Http;
using Postern.Configuration;
using Postern.Model.Resources;

namespace Postern.Gateway.Capture;

/// <summary>The type of the event that a change makes.</summary>
internal static class EventNaming
{
    /// <summary>Whether a method changes anything at all.</summary>
    public static bool Changes(string method) =>
        HttpMethods.IsPost(method) || HttpMethods.IsPut(method) || HttpMethods.IsPatch(method) || HttpMethods.IsDelete(method);

    /// <summary>The configured type, or that of the convention; null: this method makes no event here.</summary>
    public static string? TypeOf(string method, int status, RecordPath record, ResourceConfiguration? resource, string api) =>
        resource?.Events is { } events
            ? events.FirstOrDefault(entry => entry.Value.Contains(method, StringComparer.OrdinalIgnoreCase)).Key
            : EventTypeNames.Of(method, status, record.Key is not null, record.Names, api);
}
