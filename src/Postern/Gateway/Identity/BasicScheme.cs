using System.Net;
using System.Security.Cryptography;
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
/// As long as every password is kept as it is, user name and password are looked up together by their SHA-256. From the first
/// hash on, each login that is new costs one.
/// </remarks>
internal sealed class BasicScheme : CredentialScheme
{
    private const string Scheme = "Basic ";

    private static readonly CredentialClaim SeveralFields = new CredentialClaim.Invalid("The call has several Authorization fields: send one.");

    private readonly TimeProvider time;
    private readonly SecretDigests<KnownCredential> plain = new();
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
                plain.Add(SHA256.HashData(Encoding.UTF8.GetBytes(basic.Username + ":" + basic.Password)), known);
            }
        }

        logins = users.Count == 0 ? null : new PasswordLogins(users, slots, guard, time);
    }

    public override CredentialKind Kind => CredentialKind.Basic;

    public override string Challenge => "Basic realm=\"postern\", charset=\"UTF-8\"";

    public override async ValueTask<CredentialClaim> CheckAsync(HttpContext context, CancellationToken cancellation)
    {
        var values = context.Request.Headers.Authorization;
        if (!values.Any(IsBasic))
        {
            return values.Count == 0 ? CredentialClaim.Nothing : CredentialClaim.Theirs;
        }

        if (values.Count > 1)
        {
            // RFC 9110 §11.6.2 knows one. Which of them another server would take is a guess.
            return SeveralFields;
        }

        return Decode(values[0]!) is { } login
            && await FindAsync(login, context.Features.Get<GatewayCall>()?.Address ?? context.Connection.RemoteIpAddress, cancellation) is { } known
                ? known.ClaimAt(time.GetUtcNow())
                : CredentialClaim.Theirs;
    }

    public override void Remove(HttpRequest request) => request.Headers.Remove(HeaderNames.Authorization);

    private ValueTask<KnownCredential?> FindAsync(byte[] login, IPAddress? address, CancellationToken cancellation)
    {
        var found = plain.Find(SHA256.HashData(login));
        return logins is null ? ValueTask.FromResult(found) : logins.FindAsync(login, found, address, cancellation);
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

    private static bool IsBasic(string? value) => value?.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) == true;
}
