using System.ComponentModel;
using Postern.Configuration;
using Postern.Model.Access;

namespace Postern.Monitoring;

[Description("A consumer, of the configuration file or made by this API. The secrets of its credentials are never shown.")]
internal sealed record ConsumerReport
{
    [Description("The consumer's name.")]
    public required string Name { get; init; }

    [Description("Where it is defined, and alone can be changed: `file`, or `api`.")]
    public required ConsumerOrigin Origin { get; init; }

    [Description("Its credentials, in the order of the configuration.")]
    public required IReadOnlyList<CredentialReport> Credentials { get; init; }

    [Description("What it may do: `subscribe`, `read:/orders`, `publish:orders.*`, `audience:partners`.")]
    public required IReadOnlyList<string> Scopes { get; init; }

    [Description("Whether it may see what is announced about everybody's subscriptions.")]
    public required bool Operator { get; init; }

    public static ConsumerReport Of(string name, ConsumerConfiguration consumer, ConsumerOrigin origin, CredentialUses uses) => new()
    {
        Name = name,
        Origin = origin,
        Credentials = [.. consumer.Credentials.Select((credential, index) => CredentialReport.Of(name, consumer, credential, credential.IdAt(index), uses))],
        Scopes = [.. consumer.Scopes.All.Select(static scope => scope.ToString())],
        Operator = consumer.Operator,
    };
}

internal enum ConsumerOrigin
{
    File = 0,
    Api = 1,
}

[Description("A credential of a consumer, without its secret.")]
internal sealed record CredentialReport
{
    [Description("Its name among the consumer's credentials.")]
    public required string Id { get; init; }

    [Description("Its kind: `basic`, `api-key`, `jwt`, `mtls`, `http-signature`, `webhook-signature`.")]
    public required string Kind { get; init; }

    [Description("What it lets the consumer do.")]
    public required IReadOnlyList<string> Scopes { get; init; }

    [Description("From when on it is refused; missing: never.")]
    public DateTimeOffset? Expires { get; init; }

    [Description("Until when the password that this one has replaced is taken beside it; missing: none is.")]
    public DateTimeOffset? ReplacedUntil { get; init; }

    [Description("When it was used last, to the second; missing: never. A crash may lose the last minute.")]
    public DateTimeOffset? LastUsed { get; init; }

    public static CredentialReport Of(string name, ConsumerConfiguration consumer, CredentialConfiguration credential, string id, CredentialUses uses) => new()
    {
        Id = id,
        Kind = credential.Kind.Spelling(),
        Scopes = [.. consumer.ScopesOf(credential).All.Select(static scope => scope.ToString())],
        Expires = credential.Expires,
        ReplacedUntil = (credential as CredentialConfiguration.Basic)?.Replaced?.Until,
        LastUsed = uses.LastOf(name, credential.Kind, id),
    };
}
