using System.Globalization;
using System.Text.Json.Nodes;
using Postern.Configuration.Reading;
using Postern.Configuration.Shapes;
using Postern.Configuration.Values;
using Postern.Model.Access;
using static Postern.Configuration.Shapes.Scalars;

namespace Postern.Configuration;

/// <summary>The keys of a consumer's credentials and scopes.</summary>
internal static class CredentialKeys
{
    private static readonly Shape<Scope> OneScope = new ScalarShape<Scope>(
        "a scope such as subscribe:/orders",
        static (text, _) => Scope.TryParse(text, out var scope) ? scope : Parsed.No<Scope>(NoScope(text)),
        static () => new JsonObject { ["type"] = "string", ["pattern"] = "^((read|subscribe)(:/.*)?|publish(:[A-Za-z0-9].*)?|audience:[A-Za-z0-9].*)$" },
        static scope => scope.ToString());

    private static readonly Shape<IReadOnlyList<Scope>> ScopeList = new ListShape<Scope>(OneScope, 100, orOne: true, mayBeEmpty: true);

    private static readonly Shape<DateTimeOffset> Instant = new ScalarShape<DateTimeOffset>(
        "a date and time such as 2027-01-31T12:00:00Z",
        static (text, _) => DateTimeOffset.TryParseExact(
            text, ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var instant)
            && (text.EndsWith('Z') || text.LastIndexOfAny(['+', '-']) > text.IndexOf('T', StringComparison.Ordinal))
                ? instant
                : Parsed.No<DateTimeOffset>("is not a date and time with its offset (RFC 3339): write 2027-01-31T12:00:00Z or 2027-01-31T12:00:00+01:00."),
        static () => new JsonObject { ["type"] = "string", ["format"] = "date-time" });

    private static readonly Key<CredentialConfiguration>[] Common =
    [
        new Key<CredentialConfiguration, string>(
            "id",
            "Names the credential in reports and headers; no secret. Without it: the user name, the id in the key, or its kind and place.",
            Text("a name", Names.Name, pattern: Names.NamePattern), (to, value) => to with { Id = value }),
        new Key<CredentialConfiguration, DateTimeOffset>(
            "expires",
            "From when on the credential is refused: 2027-01-31T12:00:00Z.",
            Instant, (to, value) => to with { Expires = value }),
        new Key<CredentialConfiguration, IReadOnlyList<Scope>>(
            "scopes",
            "The only ones of the consumer's scopes that this credential gives. Without it: all of them.",
            ScopeList, (to, value) => to with { Scopes = new Scopes(value) }),
    ];

    private static readonly Shape<CredentialConfiguration> Basic = new ObjectShape<CredentialConfiguration>(
        () => new CredentialConfiguration.Basic("", null),
        [
            new Key<CredentialConfiguration, string>(
                "username",
                "Name of the consumer in Authorization: Basic (RFC 7617); no colon.",
                Text("a user name", Names.Username), (to, value) => ((CredentialConfiguration.Basic)to) with { Username = value }) { Required = true },
            new Key<CredentialConfiguration, string>(
                "password",
                "Its password. Write $env:NAME or $file:PATH.",
                Secret("a password", Names.Password), (to, value) => ((CredentialConfiguration.Basic)to) with { Password = value }),
            new Key<CredentialConfiguration, string>(
                "hash",
                "What is kept in place of the password, made by 'postern hash-password': $pbkdf2-sha256$i=600000$salt$hash.",
                Secret("a hash", Names.PasswordHash), (to, value) => ((CredentialConfiguration.Basic)to) with { Hash = Parse(value) }),
            .. Common,
        ])
    {
        Complete = static (credential, path, reader) =>
            OneOf(credential, path, reader, "password", "hash", credential is CredentialConfiguration.Basic { Password: not null }, credential is CredentialConfiguration.Basic { Hash: not null }),
    };

    private static readonly Shape<CredentialConfiguration> ApiKey = new ObjectShape<CredentialConfiguration>(
        () => new CredentialConfiguration.ApiKey((string?)null),
        [
            new Key<CredentialConfiguration, string>(
                "key",
                "Value of the header X-API-Key. Write $env:NAME or $file:PATH. 'postern api-key' makes one.",
                Secret("a key", Names.ApiKey), (to, value) => ((CredentialConfiguration.ApiKey)to) with { Key = value }),
            new Key<CredentialConfiguration, string>(
                "digest",
                "SHA-256 of the key, kept in its place: 64 hexadecimal digits, or base64. 'postern api-key' prints it.",
                Secret("a digest", Names.Digest), (to, value) => ((CredentialConfiguration.ApiKey)to) with { Digest = value }),
            .. Common,
        ])
    {
        Complete = static (credential, path, reader) =>
            OneOf(credential, path, reader, "key", "digest", credential is CredentialConfiguration.ApiKey { Key: not null }, credential is CredentialConfiguration.ApiKey { Digest: not null }),
    };

    private static readonly Shape<CredentialConfiguration> WebhookSignature = new ObjectShape<CredentialConfiguration>(
        () => new CredentialConfiguration.WebhookSignature(""),
        [
            new Key<CredentialConfiguration, string>(
                "secret",
                "What the program signs with that publishes (Standard Webhooks): whsec_ and 24 to 64 random bytes in base64. Write $env:NAME or $file:PATH.",
                Secret("a signing secret", WebhookSecrets.Parse), (to, value) => ((CredentialConfiguration.WebhookSignature)to) with { Secret = value }) { Required = true },
            .. Common,
        ]);

    private static readonly Shape<CredentialConfiguration> Credential = new ChoiceShape<CredentialConfiguration>(
        "Kind of the credential.",
        (CredentialKind.Basic.Spelling(), Basic),
        (CredentialKind.ApiKey.Spelling(), ApiKey),
        (CredentialKind.Jwt.Spelling(), TokenKeys.Jwt(Common)),
        (CredentialKind.Mtls.Spelling(), ClientCertificateKeys.Mtls(Common)),
        (CredentialKind.WebhookSignature.Spelling(), WebhookSignature),
        (CredentialKind.HttpSignature.Spelling(), HttpSignatureKeys.HttpSignature(Common)));

    public static Shape<ConsumerConfiguration> Consumer { get; } = new ObjectShape<ConsumerConfiguration>(
        () => new(),
        new Key<ConsumerConfiguration, IReadOnlyList<CredentialConfiguration>>(
            "credentials",
            "How the consumer proves who it is; no two consumers share one.",
            new ListShape<CredentialConfiguration>(Credential, 20), (to, value) => to with { Credentials = value }) { Required = true },
        new Key<ConsumerConfiguration, IReadOnlyList<Scope>>(
            "scopes",
            "What the consumer may do: read, subscribe and publish, each everywhere or narrower, as read:/orders, subscribe:/orders or publish:orders.*; and "
            + "the audiences that it sees, as audience:partners. Without it: subscribe, and nothing else.",
            ScopeList, (to, value) => to with { Scopes = new Scopes(value) }, from => from.Scopes.All),
        new Key<ConsumerConfiguration, bool>(
            "operator",
            "Whether the consumer may see what the gateway announces about everybody's subscriptions (the resource /postern), and not only its own.",
            Flag(), (to, value) => to with { Operator = value }, from => from.Operator),
        new Key<ConsumerConfiguration, ConsumerLimitConfiguration>(
            "limits",
            "How much it may ask, in place of limits.consumer; what is not given is as there.",
            LimitKeys.Consumer, (to, value) => to with { Limits = value }));

    private static PasswordHash? Parse(string text) => PasswordHash.TryParse(text, out var hash, out _) ? hash : null;

    private static CredentialConfiguration OneOf(
        CredentialConfiguration credential, string path, Reader reader, string secret, string kept, bool hasSecret, bool hasKept)
    {
        if (hasSecret == hasKept)
        {
            reader.Report(KeyPath.Key(path, secret), hasSecret
                ? $"stands beside {kept}: keep one, the {kept} rather."
                : $"is missing: a credential without a secret lets everybody in. Give {secret} ($env:NAME or $file:PATH) or {kept}.");
        }

        return credential;
    }

    private static string NoScope(string text)
    {
        var verbs = Scope.Verbs.Select(static known => known.Spelling).ToList();
        var verb = text.Split(':')[0];
        return verb switch
        {
            "audience" => "is not a scope: after 'audience:' stands the name of an audience, such as partners: 1 to 64 letters, digits, '.', '_' and '-'.",
            "publish" => "is not a scope: after 'publish:' stands an event type, such as orders.created or orders.*; 'publish' alone means every type.",
            _ when verbs.Contains(verb) => $"is not a scope: after '{verb}:' stands a path at the gateway, such as /orders; '{verb}' alone means every path.",
            _ => $"is not a scope: give read, subscribe or publish, each alone or with where, such as subscribe:/orders, or audience:partners.{Spelling.Suggest(verb, verbs)}",
        };
    }
}
