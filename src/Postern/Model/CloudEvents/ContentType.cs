namespace Postern.Model.CloudEvents;

/// <summary>What a media type says about the data.</summary>
internal static class ContentType
{
    /// <summary>Whether the data is JSON: <c>*/json</c> or <c>*/*+json</c>; no type at all counts as JSON (CloudEvents JSON format §3.1).</summary>
    public static bool IsJson(string? contentType)
    {
        if (contentType is null)
        {
            return true;
        }

        var type = Essence(contentType);
        return type.EndsWith("/json", StringComparison.OrdinalIgnoreCase) || type.EndsWith("+json", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The type without its parameters.</summary>
    public static ReadOnlySpan<char> Essence(string contentType)
    {
        var end = contentType.IndexOf(';', StringComparison.Ordinal);
        return (end < 0 ? contentType : contentType.AsSpan(0, end)).Trim();
    }
}
