using System.Security.Cryptography.X509Certificates;

namespace Postern.Egress.Tls;

/// <summary>Who may vouch for a receiver.</summary>
internal static class TrustPolicy
{
    // Read once: what the system trusts changes with its packages, and then the program is restarted.
    private static readonly Lazy<X509Certificate2Collection> system = new(ReadSystem);

    /// <param name="operators">Authorities of <c>egress.ca</c>, trusted beside the system's; null: none.</param>
    public static X509ChainPolicy Of(TlsProfile profile, AuthoritySet? operators, X509RevocationMode revocation)
    {
        // A certificate names the URLs of its issuer and of its revocation list: fetching them would dial past the guard.
        var policy = new X509ChainPolicy { DisableCertificateDownloads = true, RevocationMode = revocation };
        if (profile.Only is null && profile.Besides is null && operators is null)
        {
            return policy;
        }

        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        if (profile.Only is { } only)
        {
            policy.CustomTrustStore.AddRange(only.Certificates);
            return policy;
        }

        policy.CustomTrustStore.AddRange(system.Value);
        policy.CustomTrustStore.AddRange(profile.Besides?.Certificates ?? []);
        policy.CustomTrustStore.AddRange(operators?.Certificates ?? []);
        return policy;
    }

    private static X509Certificate2Collection ReadSystem()
    {
        var all = new X509Certificate2Collection();
        foreach (var location in new[] { StoreLocation.LocalMachine, StoreLocation.CurrentUser })
        {
            using var store = new X509Store(StoreName.Root, location);
            store.Open(OpenFlags.ReadOnly);
            all.AddRange(store.Certificates);
        }

        return all;
    }
}
