namespace Postern.Model.Resources;

/// <summary>What a path names: a resource, or one record of it.</summary>
internal sealed record RecordPath
{
    /// <summary>Path of the resource at the gateway, <c>/shop/orders</c>.</summary>
    public required string Resource { get; init; }

    /// <summary>Key of the record as events carry it; null for the resource as a whole.</summary>
    public string? Key { get; init; }

    /// <summary>Segments of the resource below the API's own path without the keys among them: the names of its event types.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>The configured resource it is; null by convention, and for a nested resource below a configured one.</summary>
    public string? Configured { get; init; }
}
