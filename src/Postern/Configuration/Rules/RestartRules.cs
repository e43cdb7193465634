namespace Postern.Configuration.Rules;

/// <summary>What is fixed when the program starts.</summary>
internal static class RestartRules
{
    private static readonly (string Path, Func<PosternConfiguration, object?> Read)[] Fixed =
    [
        ("gateway.listen", configuration => configuration.Gateway.Listen),
        ("gateway.maxConnections", configuration => configuration.Gateway.MaxConnections),
        ("admin.listen", configuration => configuration.Admin.Listen),
        ("egress.listener.listen", configuration => configuration.Egress.Listener?.Listen),
        ("store", configuration => configuration.Store),
        ("roles", configuration => string.Join(',', configuration.Roles.Order(StringComparer.Ordinal))),
        ("secrets.key", configuration => configuration.Secrets.Key),
    ];

    /// <summary>Paths of the settings that differ and cannot change at run time.</summary>
    public static IReadOnlyList<string> Changed(PosternConfiguration running, PosternConfiguration next) =>
        [
            .. Fixed.Where(setting => !Equals(setting.Read(running), setting.Read(next))).Select(setting => setting.Path),
            .. running.Hub.IsSameAs(next.Hub) ? (string[])[] : ["hub"],
        ];
}
