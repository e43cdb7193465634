using Microsoft.AspNetCore.Http;
using Postern.Model.Access;

namespace Postern.Gateway.Identity;

/// <summary>One kind of credentials: where they stand on a request, and whose they are. Made with each configuration.</summary>
internal abstract class CredentialScheme
{
    public abstract CredentialKind Kind { get; }

    /// <summary>How a 401 asks for this kind in <c>WWW-Authenticate</c>; null where a header cannot ask for it.</summary>
    public virtual string? Challenge => null;

    /// <summary>Looks for a credential of this kind. Takes nothing off the request.</summary>
    public abstract ValueTask<CredentialClaim> CheckAsync(HttpContext context, CancellationToken cancellation);

    /// <summary>Takes the credential off a request on which it was recognised as ours: it is no business of the API's.</summary>
    public abstract void Remove(HttpRequest request);
}
