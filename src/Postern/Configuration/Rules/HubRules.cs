using Postern.Configuration.Reading;
using Postern.Configuration.Values;

namespace Postern.Configuration.Rules;

/// <summary>What goes with which hub.</summary>
internal static class HubRules
{
    public static void Check(HubConfiguration hub, string path, Reader reader)
    {
        var url = KeyPath.Key(path, "url");
        if (hub.Url.Contains(HubConfiguration.Embedded))
        {
            if (hub is not { Url.Count: 1, Username: null, Password: null, Ca: null, Certificate: null })
            {
                reader.Report(path, "is embedded and has what only a broker needs: write hub: embedded, or give the broker's address at url.");
            }

            return;
        }

        var nodes = hub.Url.Select(BrokerAddress.Of).ToList();
        if (nodes.DistinctBy(static node => (node.Tls, node.VirtualHost, node.Username, node.Password)).Count() > 1)
        {
            reader.Report(url, "names nodes that differ in more than host and port: all belong to one RabbitMQ, and are reached in the same way.");
        }

        var inAddress = nodes[0].Username is not null;
        if (inAddress ? hub.Username is not null || hub.Password is not null : hub.Username is null != hub.Password is null)
        {
            reader.Report(path, "says twice or by half who Postern is at the broker: give user and password in the address, or username and password beside it.");
        }

        if (!nodes[0].Tls && (hub.Ca is not null || hub.Certificate is not null))
        {
            reader.Report(url, "is without TLS: write amqps:// for ca and certificate to count.");
        }
    }
}
