using Postern.Configuration.Reading;
using Postern.Configuration.Values;

namespace Postern.Configuration.Rules;

/// <summary>What can run on what.</summary>
internal static class PlatformRules
{
    public static void Check(PosternConfiguration configuration, Reader reader)
    {
        if (reader.HasErrorBelow("roles"))
        {
            return;
        }

        var missing = string.Join(", ", Role.Needed.Except(configuration.Roles));
        if (missing.Length > 0 && !PostgreSqlUrl.Is(configuration.Store))
        {
            reader.Report("roles", $"lacks {missing}, and no other process can open this store: remove the key, or give all processes a PostgreSQL store.");
            return;
        }

        if (configuration.Hub.IsEmbedded && configuration.Does(Role.Listener) != configuration.Does(Role.Callbacks))
        {
            reader.Report(
                "roles", "has one of listener and callbacks, and the embedded hub reaches no other process: give both or none, or a hub at RabbitMQ to all processes.");
        }

        if (configuration.Does(Role.Gateway) && !configuration.Does(Role.Subscriptions) && configuration.Gateway.Subscriptions.Count == 0)
        {
            reader.Report(
                "roles", "has gateway and not subscriptions: give gateway.subscriptions the addresses of processes that have it, or this one the role.");
        }
    }
}
