using Postern.Configuration.Shapes;
using Postern.Configuration.Values;
using Postern.Model.Access;
using static Postern.Configuration.Shapes.Scalars;

namespace Postern.Configuration;

/// <summary>The keys that say who may come in, and how an API is told who it is.</summary>
internal static class AuthKeys
{
    private static readonly Shape<string> Header = Text("the name of a header", Names.IdentityHeader, pattern: Names.HeaderPattern);

    // A signature is for what is published, which is no path of an API.
    private static readonly Shape<CredentialKind> Kind =
        OneOf<CredentialKind>([.. CredentialKinds.All.Where(static known => known.Kind != CredentialKind.WebhookSignature)]);

    public static Shape<AuthConfiguration> Auth { get; } = new ObjectShape<AuthConfiguration>(
        () => new(),
        new Key<AuthConfiguration, IReadOnlyList<CredentialKind>>(
            "accept",
            "Kinds of credentials that are looked at; others pass on as the API's own. Without it: all.",
            new ListShape<CredentialKind>(Kind, 10, orOne: true), (to, value) => to with { Accept = value }),
        new Key<AuthConfiguration, bool>(
            "anonymous",
            "Whether calls that pass on to the API need no consumer: true unless said otherwise. The gateway's own calls always need one.",
            Flag(), (to, value) => to with { Anonymous = value }),
        new Key<AuthConfiguration, bool>(
            "forwardCredentials",
            "Whether the API gets the credentials that the gateway recognised: false unless said otherwise.",
            Flag(), (to, value) => to with { ForwardCredentials = value }));

    public static Shape<IdentityConfiguration> Identity { get; } = new ObjectShape<IdentityConfiguration>(
        () => new(),
        new Key<IdentityConfiguration, string>(
            "header",
            "Header that tells an API the name of the consumer.",
            Header, (to, value) => to with { Header = value }, from => from.Header),
        new Key<IdentityConfiguration, string>(
            "credentialHeader",
            "Header that tells an API the id of the credential; without it there is none.",
            Header, (to, value) => to with { CredentialHeader = value }),
        new Key<IdentityConfiguration, string>(
            "scopesHeader",
            "Header that tells an API the scopes of the credential, with spaces between them; without it there is none.",
            Header, (to, value) => to with { ScopesHeader = value }),
        new Key<IdentityConfiguration, IReadOnlyDictionary<string, IssuerConfiguration>>(
            "issuers",
            "Who makes the tokens of jwt credentials, by a name of your choice.",
            TokenKeys.Issuers, (to, value) => to with { Issuers = value }));
}
