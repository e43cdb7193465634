using System.ComponentModel;
using Postern.Configuration;
using Postern.Model.Access;

namespace Postern.Monitoring;

[Description("A consumer of the configuration. Its credentials are never shown.")]
internal sealed record ConsumerReport
{
    [Description("The consumer's name.")]
    public required string Name { get; init; }

    [Description("Kinds of its credentials, in the order of the configuration: `basic`, `api-key`, `jwt`, `mtls`.")]
    public required IReadOnlyList<string> Credentials { get; init; }

    [Description("Whether it may see what is announced about everybody's subscriptions.")]
    public required bool Operator { get; init; }

    public static ConsumerReport Of(string name, ConsumerConfiguration consumer) =>
        new() { Name = name, Credentials = [.. consumer.Credentials.Select(static credential => credential.Kind.Spelling())], Operator = consumer.Operator };
}
