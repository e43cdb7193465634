using Postern.Configuration.Reading;
using Postern.Configuration.Shapes;
using Postern.Configuration.Values;
using Postern.Egress;
using Postern.Egress.Tls;
using static Postern.Configuration.Shapes.Scalars;

namespace Postern.Configuration;

/// <summary>The keys of <c>egress</c>, for everything that is dialled for others and for the callbacks of one API.</summary>
internal static class EgressKeys
{
    private const string PortPattern = "^[0-9]{1,5}(-[0-9]{1,5})?$";

    private static readonly Shape<IReadOnlyList<string>> PortList = new ListShape<string>(
        Text(
            "a port such as 443, or ports such as 8000-8999",
            static text => PortRange.Parse(text) is null ? Parsed.No<string>("is no port: write one from 1 to 65535, or two with a dash between them such as 8000-8999.") : text,
            pattern: PortPattern, orNumber: true),
        200, orOne: true, mayBeEmpty: true);

    private static readonly Shape<PortsConfiguration> Ports = new ObjectShape<PortsConfiguration>(
        () => new(),
        new Key<PortsConfiguration, IReadOnlyList<string>>(
            "allow",
            "The only ports that are dialled: 443, or 8000-8999. What egress.allow lists is dialled at every port it says.",
            PortList, (to, value) => to with { Allow = value }, from => from.Allow),
        new Key<PortsConfiguration, IReadOnlyList<string>>(
            "deny",
            "Ports among those that are not: databases, queues and the like. A list of your own replaces this one.",
            PortList, (to, value) => to with { Deny = value }, from => from.Deny));

    public static Shape<EgressConfiguration> Shape { get; } = new ObjectShape<EgressConfiguration>(
        () => new(),
        new Key<EgressConfiguration, IReadOnlyList<string>>(
            "allow",
            "Private, loopback and link-local blocks that may be dialled all the same: 10.1.0.0/16, or 10.1.0.0/16:8443 for one port.",
            new ListShape<string>(Text("a block such as 10.1.0.0/16", Addresses.Block), 1_000, orOne: true, mayBeEmpty: true),
            (to, value) => to with { Allow = value }, from => from.Allow),
        new Key<EgressConfiguration, PlainHttp>(
            "plainHttp",
            "Where callbacks may go without TLS: listed (to addresses that egress.allow lists), never, or anywhere.",
            OneOf(("listed", PlainHttp.Listed), ("never", PlainHttp.Never), ("anywhere", PlainHttp.Anywhere)),
            (to, value) => to with { PlainHttp = value }, from => from.PlainHttp),
        new Key<EgressConfiguration, PortsConfiguration>(
            "ports",
            "Ports on the public internet that may be dialled.",
            Ports, (to, value) => to with { Ports = value }),
        new Key<EgressConfiguration, string>(
            "ca",
            "File with certificates of authorities in PEM, relative to this one, that are trusted beside the system's. A changed file is taken without a restart.",
            Secret("the path of a file", Names.File), (to, value) => to with { Ca = value }),
        new Key<EgressConfiguration, Revocation>(
            "revocation",
            "Whether it is asked if a receiver's certificate has been revoked: none (it is not asked), or offline (by the lists that are on "
            + "this machine; a certificate that none covers is refused). Nothing is ever fetched for it.",
            OneOf(("none", Revocation.None), ("offline", Revocation.Offline)),
            (to, value) => to with { Revocation = value }, from => from.Revocation),
        new Key<EgressConfiguration, string>(
            "proxy",
            "A proxy of your own that every connection goes through by CONNECT: http://proxy.internal:3128, with user:password@ where it asks "
            + "for them. Addresses are judged all the same. A proxy in the environment is never used.",
            Secret("an address such as http://proxy.internal:3128", Addresses.Proxy), (to, value) => to with { Proxy = value }),
        new Key<EgressConfiguration, EgressListenerConfiguration>(
            "listener",
            "Takes what nodes in a private network send, and sends it on from here under the rules of this egress. For a node with the role gateway.",
            EgressTunnelKeys.Listener, (to, value) => to with { Listener = value }),
        new Key<EgressConfiguration, EgressGatewayConfiguration>(
            "gateway",
            "The gateways that this node sends through, where it has no way out of its own: receivers see the gateways' addresses only.",
            EgressTunnelKeys.Gateway, (to, value) => to with { Gateway = value }))
    {
        Complete = static (egress, path, reader) => egress.Ca is { } file ? egress with { Authorities = Load(file, path, reader) } : egress,
    };

    public static Shape<ApiEgressConfiguration> OfApi { get; } = new ObjectShape<ApiEgressConfiguration>(
        () => new(),
        new Key<ApiEgressConfiguration, string>(
            "ca",
            "File with certificates of authorities in PEM, relative to this one, that callbacks of this API's subscriptions trust beside the system's and those of egress.ca.",
            Secret("the path of a file", Names.File), (to, value) => to with { Ca = value }))
    {
        Complete = static (egress, path, reader) => egress.Ca is { } file ? egress with { Authorities = Load(file, path, reader) } : egress,
    };

    internal static AuthoritySet? Load(string file, string path, Reader reader)
    {
        var at = KeyPath.Key(path, "ca");
        if (CertificateFiles.ReadText(file, at, reader) is not { } text)
        {
            return null;
        }

        var (authorities, problem) = AuthoritySet.Read(text);
        if (problem is not null)
        {
            reader.Report(at, $"'{file}' {problem}");
        }

        return authorities;
    }
}
