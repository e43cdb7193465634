using System.Net;
using System.Text;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Postern.Configuration;
using Postern.Gateway.Identity.Logins;
using Postern.Model.Access;
using Postern.Operations;

namespace Postern.Gateway.Identity;

/// <summary><c>Authorization: Basic</c> (RFC 7617).</summary>
/// <remarks>
/// As long as every password is kept as it is, user name and password are looked up together by their <see cref="SecretName"/>. From the first
/// hash on, each login that is new costs one.
/// </remarks>
internal sealed class BasicScheme : CredentialScheme
{
    private const string Scheme = "Basic ";

    private readonly TimeProvider time;
    private readonly Dictionary<UInt128, KnownCredential> plain = [];
    private readonly PasswordLogins? logins;

    public BasicScheme(IReadOnlyDictionary<string, ConsumerConfiguration> consumers, HashingSlots slots, LoginGuard guard, TimeProvider time)
    {
        this.time = time;
        var users = new Dictionary<string, KnownPassword>(StringComparer.Ordinal);
        foreach (var (basic, known) in KnownCredential.Of<CredentialConfiguration.Basic>(consumers))
        {
            if (KnownPassword.Of(basic, known) is { } password)
            {
                users[basic.Username] = password;
            }
            else
            {
                // The configuration refuses a second of the same.
                plain.TryAdd(SecretName.Of(Encoding.UTF8.GetBytes(basic.Username + ":" + basic.Password)), known);
            }
        }

        logins = users.Count == 0 ? null : new PasswordLogins(users, slots, guard, time);
    }

    public override CredentialKind Kind => CredentialKind.Basic;

    public override string Challenge => "Basic realm=\"postern\", charset=\"UTF-8\"";

    public override async ValueTask<CredentialClaim> CheckAsync(HttpContext context, CancellationToken cancellation)
    {
        var values = context.Request.Headers.Authorization;
        if (values.Count == 0)
        {
            return CredentialClaim.Nothing;
        }

        if (!AuthorizationField.Holds(values, Scheme))
        {
            return CredentialClaim.Theirs;
        }

        if (values.Count > 1)
        {
            // RFC 9110 §11.6.2 knows one. Which of them another server would take is a guess.
            return AuthorizationField.Several;
        }

        return Decode(values[0]!) is { } login
            && await FindAsync(login, context.Features.Get<GatewayCall>()?.Address ?? context.Connection.RemoteIpAddress, cancellation) is { } known
                ? known.ClaimAt(time.GetUtcNow())
                : CredentialClaim.Theirs;
    }

    public override void Remove(HttpRequest request) => request.Headers.Remove(HeaderNames.Authorization);

    private ValueTask<KnownCredential?> FindAsync(byte[] login, IPAddress? address, CancellationToken cancellation)
    {
        var secret = SecretName.Of(login);
        var found = plain.GetValueOrDefault(secret);
        return logins is null ? ValueTask.FromResult(found) : logins.FindAsync(login, secret, found, address, cancellation);
    }

    /// <summary>User name, colon, password; null when it is none.</summary>
    private static byte[]? Decode(string value)
    {
        var encoded = value.AsSpan(Scheme.Length).Trim(' ');
        var decoded = new byte[encoded.Length];
        return Convert.TryFromBase64Chars(encoded, decoded, out var length)
            && Utf8.IsValid(decoded.AsSpan(0, length)) && decoded.AsSpan(0, length).Contains((byte)':')
                ? decoded[..length]
                : null;
    }
}
