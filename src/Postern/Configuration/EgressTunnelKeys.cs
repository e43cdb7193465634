using Postern.Configuration.Reading;
using Postern.Configuration.Shapes;
using Postern.Configuration.Values;
using static Postern.Configuration.Shapes.Scalars;

namespace Postern.Configuration;

/// <summary>The keys of <c>egress.listener</c> and <c>egress.gateway</c>.</summary>
internal static class EgressTunnelKeys
{
    private static readonly CertificateConfiguration None = new() { Path = "" };

    // A key where its path belongs must not be shown by a message.
    private static readonly Shape<string> FilePath = Secret("the path of a file", Names.File);

    public static Shape<EgressListenerConfiguration> Listener { get; } = new ObjectShape<EgressListenerConfiguration>(
        static () => new() { Listen = "", Certificate = None, Ca = [] },
        Of<EgressListenerConfiguration>.Required(
            "listen",
            "Address of the egress listener, https://10.0.0.5:8082. Needs a restart.",
            Text("an address such as https://10.0.0.5:8082", Addresses.SecureListen, pattern: "^https://"), (to, value) => to with { Listen = value }),
        Of<EgressListenerConfiguration>.Required(
            "certificate",
            "What the listener proves its name with to the nodes.",
            PortKeys.Certificate, (to, value) => to with { Certificate = value }),
        Of<EgressListenerConfiguration>.Required(
            "ca",
            "File in PEM, or list of files, relative to this one, with the authorities that the nodes' certificates come from. Without `nodes`, whoever has a "
            + "certificate of theirs sends through this gateway: best an authority for nothing else. A changed file is taken without a restart.",
            new ListShape<string>(FilePath, 20, orOne: true), (to, value) => to with { Ca = value }),
        Of<EgressListenerConfiguration>.Key(
            "nodes",
            "Names of which a node's certificate must have one: DNS:worker-1.internal, URI:spiffe://example.com/worker. Without it every certificate of `ca` is taken.",
            new ListShape<string>(Text("a name such as DNS:worker-1.internal", CertificateNames.Name), 1_000, orOne: true),
            (to, value) => to with { Nodes = value }),
        Of<EgressListenerConfiguration>.Key(
            "maxTunnels",
            "Tunnels at the same time; what is asked for beyond goes to another gateway, or waits. 1 to 1000000.",
            Integer(1, 1_000_000), (to, value) => to with { MaxTunnels = value }, from => from.MaxTunnels))
    {
        Complete = static (listener, path, reader) => listener with { Clients = AuthorityFiles.Load(listener.Clients with { Ca = listener.Ca, Names = listener.Nodes }, path, reader) },
    };

    public static Shape<EgressGatewayConfiguration> Gateway { get; } = new ObjectShape<EgressGatewayConfiguration>(
        static () => new() { Addresses = [], Certificate = None, Ca = "" },
        Of<EgressGatewayConfiguration>.Required(
            "addresses",
            "Where the gateways' egress listeners are, one or a list: https://gateway-1.internal:8082. One that is away is passed over.",
            new ListShape<string>(Text("an address such as https://gateway-1.internal:8082", Addresses.SecureEndpoint, pattern: "^https://"), 20, orOne: true),
            (to, value) => to with { Addresses = value }),
        Of<EgressGatewayConfiguration>.Required(
            "certificate",
            "What this node proves itself with to the gateways; made for clients (extended key usage clientAuth).",
            PortKeys.Certificate, (to, value) => to with { Certificate = value }),
        Of<EgressGatewayConfiguration>.Required(
            "ca",
            "File in PEM, relative to this one, with the authorities that the gateways' certificates come from. No others are trusted.",
            FilePath, (to, value) => to with { Ca = value }))
    {
        Complete = static (gateway, path, reader) => gateway with { Authorities = EgressKeys.Load(gateway.Ca, path, reader) },
    };
}
