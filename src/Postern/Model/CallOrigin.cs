namespace Postern.Model;

/// <summary>On whose behalf something is changed. It flows with a call, so that the store writes it down in the commit of whatever the call changes.</summary>
/// <param name="Actor">See <see cref="Operator"/>, <see cref="Gateway"/> and <see cref="Of"/>.</param>
/// <param name="Action">Name of the operation: <c>rotateSecret</c>.</param>
/// <param name="Address">Where the call came from; null: from this process itself.</param>
/// <param name="Request">Its <c>X-Request-Id</c>; null: it has none.</param>
public sealed record CallOrigin(string Actor, string Action, string? Address = null, string? Request = null)
{
    /// <summary>Somebody at the admin port.</summary>
    public const string Operator = "operator";

    /// <summary>The gateway by itself.</summary>
    public const string Gateway = "gateway";

    private static readonly AsyncLocal<CallOrigin?> Flowing = new();

    /// <summary>That of the call that runs here; null: nobody asked for what is done, or it is no matter for the audit log.</summary>
    public static CallOrigin? Current
    {
        get => Flowing.Value;
        set => Flowing.Value = value;
    }

    /// <summary>The actor that a consumer is.</summary>
    public static string Of(Consumer consumer) => "consumer:" + consumer.Name;
}
