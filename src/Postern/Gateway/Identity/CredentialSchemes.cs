using Postern.Configuration;
using Postern.Gateway.Identity.Logins;

namespace Postern.Gateway.Identity;

/// <summary>Makes the schemes of a configuration. What has to outlive a configuration is handed to them from here.</summary>
internal sealed class CredentialSchemes(TimeProvider time)
{
    private readonly HashingSlots slots = HashingSlots.OfThisMachine();
    private readonly LoginGuard guard = new(time);

    public IReadOnlyList<CredentialScheme> Make(PosternConfiguration configuration) =>
    [
        new BasicScheme(configuration.Consumers, slots, guard, time),
        new ApiKeyScheme(configuration.Consumers, time),
    ];
}
