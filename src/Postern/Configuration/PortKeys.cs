using Postern.Configuration.Reading;
using Postern.Configuration.Shapes;
using Postern.Configuration.Values;
using static Postern.Configuration.Shapes.Scalars;

namespace Postern.Configuration;

/// <summary>The keys of the two ports: where they listen, and what they show and ask for.</summary>
internal static class PortKeys
{
    private const long KiB = 1024;
    private const long MiB = 1024 * KiB;

    private static readonly Shape<string> Listen = Text("an address such as http://127.0.0.1:8080", Addresses.Listen, pattern: "^https?://");

    /// <summary>Addresses that calls are passed on to.</summary>
    public static readonly Shape<IReadOnlyList<string>> Upstreams = new ListShape<string>(
        Text("an address such as https://api.example.com", Addresses.Upstream, pattern: "^https?://"), 100, orOne: true);

    // A key where its path belongs must not be shown by a message.
    private static readonly Shape<string> FilePath = Secret("the path of a file", Names.File);

    public static readonly Shape<CertificateConfiguration> Certificate = new ObjectShape<CertificateConfiguration>(
        () => new() { Path = "" },
        Of<CertificateConfiguration>.Required(
            "path",
            "File with the certificate, relative to this one: PEM, the port's own certificate first, then those between it and the root; "
            + "or PKCS #12 (.pfx, .p12). A changed file is taken without a restart.",
            FilePath, (to, value) => to with { Path = value }),
        Of<CertificateConfiguration>.Key(
            "key",
            "File with the private key in PEM, relative to this one. Without it the key stands in the file of `path`.",
            FilePath, (to, value) => to with { Key = value }),
        Of<CertificateConfiguration>.Key(
            "password",
            "Password of an encrypted key or of the PKCS #12 file. Write $env:NAME or $file:PATH.",
            Secret("a password", static text => text), (to, value) => to with { Password = value }),
        Of<CertificateConfiguration>.Key(
            "names",
            "Host names that it is shown for, *.example.com for all below one. Without it: those in the certificate.",
            new ListShape<string>(Text("a host name"), 100, orOne: true), (to, value) => to with { Names = value }))
    {
        Complete = CertificateFiles.Load,
    };

    private static readonly Shape<IReadOnlyList<CertificateConfiguration>> Certificates = new ListShape<CertificateConfiguration>(Certificate, 100, orOne: true);

    public static Shape<GatewayConfiguration> Gateway { get; } = new ObjectShape<GatewayConfiguration>(
        () => new(),
        Of<GatewayConfiguration>.Key(
            "listen",
            "Address of the gateway port. Anything but loopback needs consumers; https needs a certificate, and speaks HTTP/2 too.",
            Listen, (to, value) => to with { Listen = value }, from => from.Listen),
        Of<GatewayConfiguration>.Key(
            "certificate",
            "What the port proves its name with, where it listens on https. A list: the one for the name that a client asks for (SNI), else the first.",
            Certificates, (to, value) => to with { Certificate = value }),
        Of<GatewayConfiguration>.Key(
            "clientCertificates",
            "Whether callers show certificates of their own in the handshake, and whose are taken; credentials of type mtls say whose they are.",
            ClientCertificateKeys.Shape, (to, value) => to with { ClientCertificates = value }),
        Of<GatewayConfiguration>.Key(
            "strictTransportSecurity",
            "What browsers that come over TLS are told: to come over TLS alone from now on. An API's own header goes before it.",
            AnswerKeys.TransportSecurity, (to, value) => to with { StrictTransportSecurity = value }),
        Of<GatewayConfiguration>.Key(
            "maxEventBytes",
            "Largest event that can be published, and largest single event of a batch. 1KiB to 64MiB.",
            Size(KiB, 64 * MiB), (to, value) => to with { MaxEventBytes = value }, from => from.MaxEventBytes),
        Of<GatewayConfiguration>.Key(
            "maxConnections",
            "Connections at the same time; further ones wait in the listen queue. 1 to 1000000.",
            Integer(1, 1_000_000), (to, value) => to with { MaxConnections = value }, from => from.MaxConnections),
        Of<GatewayConfiguration>.Key(
            "addresses",
            "Which addresses may call.",
            AddressKeys.Lists, (to, value) => to with { Addresses = value }),
        Of<GatewayConfiguration>.Key(
            "trustedProxies",
            "Blocks of the proxies in front, which alone are believed when they say in X-Forwarded-* or Forwarded whom they call for, and how that one called.",
            AddressKeys.Proxies, (to, value) => to with { TrustedProxies = value }, from => from.TrustedProxies),
        Of<GatewayConfiguration>.Key(
            "subscriptions",
            "Where a process without the role subscriptions passes the calls on subscriptions to: the gateway port of a process that has it, or a list of them.",
            Upstreams, (to, value) => to with { Subscriptions = value }),
        Of<GatewayConfiguration>.Key(
            "idempotency",
            "How long the answer to a call with an Idempotency-Key is kept and given again. 1m to 30d.",
            Duration(TimeSpan.FromMinutes(1), TimeSpan.FromDays(30)), (to, value) => to with { Idempotency = value }, from => from.Idempotency),
        Of<GatewayConfiguration>.Key(
            "drain",
            "How long the port goes on taking calls when the process is asked to stop and /readyz says no, so that balancers turn away first. 0s to 20s.",
            Duration(TimeSpan.Zero, TimeSpan.FromSeconds(20)), (to, value) => to with { Drain = value }, from => from.Drain));

    public static Shape<AdminConfiguration> Admin { get; } = new ObjectShape<AdminConfiguration>(
        () => new(),
        Of<AdminConfiguration>.Key(
            "listen",
            "Address of the admin port. Anything but loopback needs a token or client certificates; https needs a certificate.",
            Listen, (to, value) => to with { Listen = value }, from => from.Listen),
        Of<AdminConfiguration>.Key(
            "certificate",
            "What the port proves its name with, where it listens on https. A list: the one for the name that a client asks for (SNI), else the first.",
            Certificates, (to, value) => to with { Certificate = value }),
        Of<AdminConfiguration>.Key(
            "clientCertificates",
            "Whether callers show certificates of their own in the handshake, and whose are taken: each of them opens the port as the token does.",
            ClientCertificateKeys.Shape, (to, value) => to with { ClientCertificates = value }),
        Of<AdminConfiguration>.Key(
            "strictTransportSecurity",
            "What browsers that come over TLS are told: to come over TLS alone from now on.",
            AnswerKeys.TransportSecurity, (to, value) => to with { StrictTransportSecurity = value }),
        Of<AdminConfiguration>.Key(
            "addresses",
            "Which addresses may call; nothing that a request says counts here.",
            AddressKeys.Lists, (to, value) => to with { Addresses = value }),
        Of<AdminConfiguration>.Key(
            "token",
            "Bearer token that the admin port asks for; without it none is asked for. Write $env:NAME or $file:PATH.",
            Secret("a token", Names.Token), (to, value) => to with { Token = value }));
}
