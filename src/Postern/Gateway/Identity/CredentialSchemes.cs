using Postern.Configuration;

namespace Postern.Gateway.Identity;

/// <summary>Makes the schemes of a configuration. What has to outlive a configuration is handed to them from here.</summary>
internal sealed class CredentialSchemes(TimeProvider time)
{
    public IReadOnlyList<CredentialScheme> Make(PosternConfiguration configuration) =>
    [
        new BasicScheme(configuration.Consumers, time),
        new ApiKeyScheme(configuration.Consumers, time),
    ];
}
