namespace Postern.Gateway.Identity;

/// <summary>A credential of the configuration and what it claims for whoever shows it.</summary>
internal sealed record KnownCredential(CredentialClaim.Of Claim, DateTimeOffset? Expires)
{
    // Told to nobody who does not hold it: whoever guesses learns nothing from the answer.
    private static readonly CredentialClaim Expired = new CredentialClaim.Invalid("This credential has expired: use its successor.");

    public CredentialClaim ClaimAt(DateTimeOffset now) => Expires <= now ? Expired : Claim;
}
