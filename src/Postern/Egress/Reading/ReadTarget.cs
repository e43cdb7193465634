using Postern.Configuration;
using Postern.Model;

namespace Postern.Egress.Reading;

/// <summary>What an API is asked about, and what its answers mean.</summary>
/// <param name="Consumer">Name of the consumer who wants to read it.</param>
/// <param name="Path">Where it is at the API, below its address: percent-encoded.</param>
/// <param name="Header">The field that tells the API who calls.</param>
internal readonly record struct ReadTarget(ApiConfiguration Api, string Consumer, string Path, string Header)
{
    private const string Deleted = ".deleted";

    /// <summary>What a subscription is to; null where no API checks it.</summary>
    public static ReadTarget? Of(PosternConfiguration configuration, string consumer, string resource, string? key) =>
        configuration.ApiAt(resource) is { ReadCheck: not null } api ? new(api, consumer, PathOf(api, resource, key), configuration.Identity.Header) : null;

    /// <summary>What an event is about; null where no API checks it. A record that was deleted can be read by nobody: its resource is asked about.</summary>
    public static ReadTarget? Of(PosternConfiguration configuration, string consumer, EventContent content)
    {
        var resource = ResourcePath.PathOf(content.Source);
        return configuration.ApiAt(resource) is { ReadCheck: not null } api
            ? new(api, consumer, PathOf(api, resource, IsDeletion(api, content.Type) ? null : content.Subject), configuration.Identity.Header)
            : null;
    }

    /// <summary>An API that hides what somebody may not read says 404.</summary>
    public static ReadAnswer Judge(int status) => status switch
    {
        >= 200 and < 300 => ReadAnswer.Yes,
        401 or 403 or 404 or 410 => ReadAnswer.No,
        _ => ReadAnswer.Unknown,
    };

    /// <summary>A producer chooses source and subject: what could climb out of the resource at the API is no path of it.</summary>
    public bool IsPlain => !Path.Split('/').Any(static segment => segment is "." or "..");

    private static bool IsDeletion(ApiConfiguration api, string type) =>
        type.EndsWith(Deleted, StringComparison.Ordinal)
        || api.Resources?.Values.Any(resource => resource.Events?.GetValueOrDefault(type) is ["DELETE"]) == true;

    private static string PathOf(ApiConfiguration api, string resource, string? key)
    {
        var prefix = ResourcePath.Trim(api.Path);
        var below = prefix == "/" ? resource : resource[prefix.Length..];
        var segments = below.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Uri.EscapeDataString);
        return "/" + string.Join('/', string.IsNullOrEmpty(key) ? segments : segments.Append(Uri.EscapeDataString(key)));
    }
}
