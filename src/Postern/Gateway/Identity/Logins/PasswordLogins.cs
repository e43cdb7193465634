using System.Net;
using System.Text;
using Postern.Model.Access;

namespace Postern.Gateway.Identity.Logins;

/// <summary>
/// Says whose a user name and password are where passwords are kept as hashes. Every login that is not known from before takes the
/// same steps, whether there is such a user or not, and whether its password is kept as a hash or as it is: the time tells nothing. While a
/// replaced password of anybody is taken, all of them cost two hashes.
/// </summary>
internal sealed class PasswordLogins(IReadOnlyDictionary<string, KnownPassword> users, HashingSlots slots, LoginGuard guard, TimeProvider time)
{
    private static readonly object Nobody = new();

    // As dear as the dearest of the real ones.
    private readonly PasswordHash unknown = PasswordHash.OfNobody(users.Values.Max(static user => Math.Max(user.Hash.Iterations, user.Replaced?.Hash.Iterations ?? 0)));
    private readonly DateTimeOffset replacedUntil = users.Values.Max(static user => user.Replaced?.Credential.Expires) ?? DateTimeOffset.MinValue;
    private readonly RecentCredentials<KnownCredential> recognised = new(most: 1024, time);

    // An API's own users come here too, with every call: they are hashed once as well.
    private readonly RecentCredentials<object> refused = new(most: 1024, time);

    /// <param name="login">User name, colon, password, as they came.</param>
    /// <param name="secret">What they are known by.</param>
    /// <param name="plain">Whose it is by a password that is kept as it is; null when nobody's.</param>
    public async ValueTask<KnownCredential?> FindAsync(byte[] login, UInt128 secret, KnownCredential? plain, IPAddress? address, CancellationToken cancellation)
    {
        if (recognised.Find(secret) is { } known)
        {
            return known;
        }

        if (refused.Find(secret) is not null)
        {
            return null;
        }

        var colon = login.AsSpan().IndexOf((byte)':');
        var name = Encoding.UTF8.GetString(login.AsSpan(0, Math.Max(colon, 0)));
        var password = login[(colon + 1)..];
        guard.Enter(name, address);
        var failed = false;
        try
        {
            var user = users.GetValueOrDefault(name);
            var found = await VerifyAsync(user, password, cancellation);
            if (time.GetUtcNow() < replacedUntil)
            {
                var replaced = await VerifyAsync(user?.Replaced, password, cancellation);
                found ??= replaced;
            }

            found ??= plain;
            failed = found is null;
            Remember(secret, found);
            return found;
        }
        finally
        {
            // One that was turned away has cost nothing and has not failed.
            guard.Leave(name, address, failed);
        }
    }

    private async Task<KnownCredential?> VerifyAsync(KnownPassword? known, byte[] password, CancellationToken cancellation)
    {
        var hash = known?.Hash ?? unknown;
        return await slots.RunAsync(() => hash.Verify(password), cancellation) ? known?.Credential : null;
    }

    private void Remember(UInt128 secret, KnownCredential? found)
    {
        if (found is null)
        {
            refused.Keep(secret, Nobody);
        }
        else
        {
            recognised.Keep(secret, found);
        }
    }
}
