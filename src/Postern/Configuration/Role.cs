namespace Postern.Configuration;

/// <summary>What a process does, by the words of <c>roles</c>.</summary>
internal static class Role
{
    /// <summary>Takes calls: passes them to the APIs, captures changes, takes events.</summary>
    public const string Gateway = "gateway";

    /// <summary>Answers the calls on subscriptions.</summary>
    public const string Subscriptions = "subscriptions";

    /// <summary>Matches events.</summary>
    public const string Listener = "listener";

    /// <summary>Calls back, asks for consent, runs jobs, expires.</summary>
    public const string Callbacks = "callbacks";

    /// <summary>The page of the admin port, which this version does not have yet: taken, so that a file written for a later one runs, and told in the summary.</summary>
    public const string Dashboard = "dashboard";

    /// <summary>What must be done by some process.</summary>
    public static IReadOnlyList<string> Needed { get; } = [Gateway, Subscriptions, Listener, Callbacks];

    public static IReadOnlyList<string> All { get; } = [.. Needed, Dashboard];

    public static bool Does(this PosternConfiguration configuration, string role) => configuration.Roles.Contains(role);

    /// <summary>Has the port that callers use.</summary>
    public static bool HasGatewayPort(this PosternConfiguration configuration) => configuration.Does(Gateway) || configuration.Does(Subscriptions);
}
