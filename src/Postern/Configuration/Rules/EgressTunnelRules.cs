using Postern.Configuration.Reading;
using Postern.Configuration.Values;

namespace Postern.Configuration.Rules;

/// <summary>What the egress listener and the gateways to send through mean together with the rest.</summary>
internal static class EgressTunnelRules
{
    private const string Listen = "egress.listener.listen";

    public static void Check(PosternConfiguration configuration, Reader reader)
    {
        var egress = configuration.Egress;
        if (egress.Gateway is not null && egress.Proxy is not null)
        {
            reader.Report("egress.proxy", "is not used, because every connection goes through the gateways of egress.gateway: set it there, and remove it here.");
        }

        if (egress.Gateway is not null && egress.Listener is not null)
        {
            reader.Report("egress.gateway", "does not go with egress.listener: a gateway that others send through calls receivers itself. Remove one of the two.");
        }

        if (egress.Listener is not { } listener || reader.HasErrorBelow(Listen))
        {
            return;
        }

        foreach (var (path, address) in ((string, string)[])[("gateway.listen", configuration.Gateway.Listen), ("admin.listen", configuration.Admin.Listen)])
        {
            if (listener.Listen.Length > 0 && Addresses.Collide(listener.Listen, address))
            {
                reader.Report(Listen, $"'{listener.Listen}' takes the port of {path} ('{address}'): give it another port.");
            }
        }

        if (!configuration.Does(Role.Gateway) && !reader.HasErrorBelow("roles"))
        {
            reader.Report("egress.listener", "belongs to a node with the role gateway: add the role, or remove the listener.");
        }
    }
}
