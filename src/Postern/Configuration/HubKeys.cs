using Postern.Configuration.Reading;
using Postern.Configuration.Rules;
using Postern.Configuration.Shapes;
using Postern.Configuration.Values;
using Postern.Egress.Tls;
using static Postern.Configuration.Shapes.Scalars;

namespace Postern.Configuration;

/// <summary>The keys of <c>hub</c>.</summary>
internal static class HubKeys
{
    // A password may stand in it: no message shows it.
    private static readonly Shape<string> Address = Secret("embedded, or an address such as amqps://rabbit.internal", BrokerAddress.Hub);

    private static readonly Shape<HubConfiguration> Keys = new ObjectShape<HubConfiguration>(
        () => new(),
        Of<HubConfiguration>.Key(
            "url",
            "embedded; or the nodes of one RabbitMQ (3.10 and later), one or a list: amqps://HOST:PORT/VHOST, with USER:PASSWORD@ before the host, or username and password beside it.",
            new ListShape<string>(Address, 20, orOne: true), (to, value) => to with { Url = value }, from => from.Url),
        Of<HubConfiguration>.Key(
            "username",
            "Who Postern is at the broker.",
            Text("a user name"), (to, value) => to with { Username = value }),
        Of<HubConfiguration>.Key(
            "password",
            "Its password. Write $env:NAME or $file:PATH.",
            Secret("a password", static text => text), (to, value) => to with { Password = value }),
        Of<HubConfiguration>.Key(
            "ca",
            "File with certificates of authorities in PEM, relative to this one, that the broker's may come from, beside the system's.",
            Secret("the path of a file", Names.File), (to, value) => to with { Ca = value }),
        Of<HubConfiguration>.Key(
            "certificate",
            "What Postern proves itself with to a broker that asks for a certificate.",
            PortKeys.Certificate, (to, value) => to with { Certificate = value }),
        Of<HubConfiguration>.Key(
            "queues",
            "What the names of its queues begin with: two installations on one virtual host need two. Letters, digits, dots, dashes and underscores.",
            Text("a name such as postern.callbacks", Names.Name, pattern: Names.NamePattern), (to, value) => to with { Queues = value }, from => from.Queues),
        Of<HubConfiguration>.Key(
            "partitions",
            "Queues that the endpoints are spread over, each consumed by one node at a time. The same on all nodes. 1 to 256.",
            Integer(1, 256), (to, value) => to with { Partitions = value }, from => from.Partitions))
    {
        Complete = Complete,
    };

    public static Shape<HubConfiguration> Shape { get; } = new AddressOrKeysShape(Address, Keys);

    private static HubConfiguration Complete(HubConfiguration hub, string path, Reader reader)
    {
        HubRules.Check(hub, path, reader);
        return hub.Ca is { } file && !reader.HasErrorBelow(path) ? hub with { Authorities = Load(file, KeyPath.Key(path, "ca"), reader) } : hub;
    }

    private static AuthoritySet? Load(string file, string at, Reader reader)
    {
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
