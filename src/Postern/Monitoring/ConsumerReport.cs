using System.ComponentModel;
using Postern.Configuration;

namespace Postern.Monitoring;

[Description("A consumer of the configuration. Its credentials are never shown.")]
internal sealed record ConsumerReport
{
    [Description("The consumer's name.")]
    public required string Name { get; init; }

    [Description("Kinds of its credentials, in the order of the configuration: `basic`, `api-key`.")]
    public required IReadOnlyList<string> Credentials { get; init; }

    [Description("Whether it may see what is announced about everybody's subscriptions.")]
    public required bool Operator { get; init; }

    public static ConsumerReport Of(string name, ConsumerConfiguration consumer) =>
        new() { Name = name, Credentials = [.. consumer.Credentials.Select(Kind)], Operator = consumer.Operator };

    public static string Kind(CredentialConfiguration credential) => credential switch
    {
        CredentialConfiguration.Basic => "basic",
        CredentialConfiguration.ApiKey => "api-key",
        _ => throw new ArgumentOutOfRangeException(nameof(credential), credential.GetType().Name, "A kind of credential that reports do not know."),
    };
}
