using Postern.Configuration;
using Postern.Model;

namespace Postern.Gateway.Identity;

/// <summary>A credential of the configuration and what it claims for whoever shows it.</summary>
internal sealed record KnownCredential(CredentialClaim.Of Claim, DateTimeOffset? Expires)
{
    // Told to nobody who does not hold it: whoever guesses learns nothing from the answer.
    private static readonly CredentialClaim Expired = new CredentialClaim.Invalid("This credential has expired: use its successor.");

    public CredentialClaim ClaimAt(DateTimeOffset now) => Expires <= now ? Expired : Claim;

    /// <summary>All of one kind.</summary>
    public static IEnumerable<(T Configuration, KnownCredential Known)> Of<T>(IReadOnlyDictionary<string, ConsumerConfiguration> consumers)
        where T : CredentialConfiguration
    {
        foreach (var (name, consumer) in consumers)
        {
            for (var index = 0; index < consumer.Credentials.Count; index++)
            {
                if (consumer.Credentials[index] is T credential)
                {
                    yield return (credential, new KnownCredential(
                        new CredentialClaim.Of(new Consumer(name), credential.IdAt(index), consumer.ScopesOf(credential)), credential.Expires));
                }
            }
        }
    }
}
