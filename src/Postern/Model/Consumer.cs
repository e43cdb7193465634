namespace Postern.Model;

/// <summary>Who calls the gateway.</summary>
/// <param name="Name">The name in the configuration; owner of subscriptions, member of an event's audience.</param>
public sealed record Consumer(string Name)
{
    /// <summary>Every caller, where no consumers are configured (loopback only).</summary>
    public static Consumer Anonymous { get; } = new("anonymous");
}
