using Postern.Model.Access;

namespace Postern.Ports;

public partial interface IStore
{
    /// <summary>When credentials were used last, as far as it was written down.</summary>
    ValueTask<IReadOnlyList<CredentialUse>> ReadUsesAsync(CancellationToken cancellation);

    /// <summary>Writes down when credentials were used last, and forgets others; in one commit. A later use that another node has written stays.</summary>
    ValueTask WriteUsesAsync(IReadOnlyList<CredentialUse> uses, IReadOnlyList<CredentialName> forgotten, CancellationToken cancellation);
}
