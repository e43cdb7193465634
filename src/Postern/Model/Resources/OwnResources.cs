namespace Postern.Model.Resources;

/// <summary>
/// The gateway's own resources. What happens to subscriptions and callbacks are events at these paths, and only subscriptions to
/// these paths get them: one to all of an API (<c>/</c>) does not, or its own failures would call it back again and again.
/// </summary>
internal static class OwnResources
{
    public const string Root = "/postern";
    public const string Subscriptions = "/postern/subscriptions";
    public const string Callbacks = "/postern/callbacks";

    /// <summary>Begins the type of every event of the gateway itself; no publisher may use it.</summary>
    public const string TypePrefix = "postern.";

    public static IReadOnlyList<string> All { get; } = [Root, Subscriptions, Callbacks];

    /// <summary>Whether a path of an event or a subscription is the gateway's own.</summary>
    public static bool Hold(ReadOnlySpan<char> path) => ResourcePath.IsAtOrBelow(path, Root);

    /// <summary>Whether the path of a call is the gateway's own.</summary>
    public static bool Hold(ReadOnlySpan<string> segments) => segments is ["postern", ..];

    /// <summary>What a path names; null when it is none of the gateway's resources and no record of them.</summary>
    public static RecordPath? Match(ReadOnlySpan<string> segments) => segments switch
    {
        ["postern"] => new RecordPath { Resource = Root, Names = ["postern"] },
        ["postern", "subscriptions" or "callbacks"] => new RecordPath { Resource = Root + "/" + segments[1], Names = ["postern", segments[1]] },
        ["postern", "subscriptions" or "callbacks", var key] =>
            new RecordPath { Resource = Root + "/" + segments[1], Key = key, Names = ["postern", segments[1]] },
        _ => null,
    };
}
