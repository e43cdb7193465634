using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Postern.Configuration;
using Postern.Model.Access;

namespace Postern.Gateway.Identity;

/// <summary>A key in the header <c>X-API-Key</c>, of the gateway's own form or any other.</summary>
internal sealed class ApiKeyScheme : CredentialScheme
{
    public const string Header = "X-API-Key";

    private static readonly CredentialClaim SeveralFields = new CredentialClaim.Invalid($"The call has several {Header} fields: send one.");

    private readonly TimeProvider time;
    private readonly SecretDigests<KnownCredential> credentials = new();
    private readonly RecentCredentials<KnownCredential> recent;

    public ApiKeyScheme(IReadOnlyDictionary<string, ConsumerConfiguration> consumers, TimeProvider time)
    {
        this.time = time;
        recent = new RecentCredentials<KnownCredential>(most: 8192, time);
        foreach (var (key, known) in KnownCredential.Of<CredentialConfiguration.ApiKey>(consumers))
        {
            credentials.Add(key.Sha256, known);
        }
    }

    public override CredentialKind Kind => CredentialKind.ApiKey;

    public override string Challenge => "Key realm=\"postern\"";

    public override ValueTask<CredentialClaim> CheckAsync(HttpContext context, CancellationToken cancellation)
    {
        var values = context.Request.Headers[Header];
        if (values.Count == 0)
        {
            return ValueTask.FromResult(CredentialClaim.Nothing);
        }

        CredentialClaim? claim = null;
        foreach (var value in values)
        {
            claim ??= string.IsNullOrEmpty(value) ? null : Find(value);
        }

        return ValueTask.FromResult(claim is null ? CredentialClaim.Theirs : values.Count > 1 ? SeveralFields : claim);
    }

    public override void Remove(HttpRequest request) => request.Headers.Remove(Header);

    private CredentialClaim? Find(string key)
    {
        var name = SecretName.Of(key);
        if (recent.Find(name) is not { } known)
        {
            // Header values are decoded as Latin-1, byte by byte: this gives the bytes of the wire back.
            if (credentials.Find(SHA256.HashData(Encoding.Latin1.GetBytes(key))) is not { } found)
            {
                return null;
            }

            recent.Keep(name, known = found);
        }

        return known.ClaimAt(time.GetUtcNow());
    }
}
