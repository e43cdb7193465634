using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Postern.Configuration;
using Postern.Model.Access;

namespace Postern.Gateway.Identity.Jwt;

/// <summary><c>Authorization: Bearer</c> (RFC 6750 §2.1) with a token of a configured issuer. Tokens anywhere else are not looked for.</summary>
internal sealed class JwtScheme : CredentialScheme
{
    private const string Scheme = "Bearer ";

    private readonly Dictionary<string, TokenIssuer> issuers = new(StringComparer.Ordinal);
    private readonly RecentCredentials<Verified> verified;
    private readonly TimeProvider time;

    public JwtScheme(PosternConfiguration configuration, IssuerDirectory directory, TimeProvider time)
    {
        this.time = time;
        verified = new RecentCredentials<Verified>(most: 8192, time);
        foreach (var (name, issuer) in configuration.Identity.Issuers)
        {
            var keys = issuer.Keys.Secret is { } secret ? IssuerKeys.OfSecret(secret, issuer.Algorithms)
                : issuer.Keys.File is not null ? IssuerKeys.Of(issuer.Keys.Loaded, issuer.Algorithms)
                : null;
            var source = keys is null ? directory.Of(name, issuer) : null;
            issuers[issuer.Issuer] = new TokenIssuer(name, issuer, new TokenConsumers(name, issuer, configuration.Consumers), keys, source, time);
        }
    }

    public override CredentialKind Kind => CredentialKind.Jwt;

    public override string Challenge => "Bearer realm=\"postern\"";

    public override ValueTask<CredentialClaim> CheckAsync(HttpContext context, CancellationToken cancellation)
    {
        var values = context.Request.Headers.Authorization;
        if (values.Count == 0)
        {
            return ValueTask.FromResult(CredentialClaim.Nothing);
        }

        if (!AuthorizationField.Holds(values, Scheme))
        {
            return ValueTask.FromResult(CredentialClaim.Theirs);
        }

        if (values.Count > 1)
        {
            // RFC 9110 §11.6.2 knows one. Which of them another server would take is a guess.
            return ValueTask.FromResult(AuthorizationField.Several);
        }

        var text = values[0].AsSpan(Scheme.Length).Trim(' ');
        var name = SecretName.Of(text);
        return verified.Find(name) is { } known && known.Holds(time.GetUtcNow())
            ? ValueTask.FromResult(known.Claim)
            : VerifyAsync(text.ToString(), name, cancellation);
    }

    public override void Remove(HttpRequest request) => request.Headers.Remove(HeaderNames.Authorization);

    private async ValueTask<CredentialClaim> VerifyAsync(string text, UInt128 name, CancellationToken cancellation)
    {
        if (!TokenReader.LooksSigned(text))
        {
            // Opaque, or encrypted: for somebody else.
            return CredentialClaim.Theirs;
        }

        if (text.Length > TokenReader.MaxLength)
        {
            return new CredentialClaim.Invalid(TokenReader.TooLong);
        }

        if (TokenReader.Read(text, out var fault) is not { } token)
        {
            return new CredentialClaim.Invalid(fault!);
        }

        if (token.Issuer is not { } theirs || !issuers.TryGetValue(theirs, out var issuer))
        {
            return CredentialClaim.Theirs;
        }

        var (claim, keys, until) = await issuer.VerifyAsync(token, cancellation);
        if (claim is CredentialClaim.Of && keys is not null)
        {
            verified.Keep(name, new Verified(claim, issuer, keys, until));
        }

        return claim;
    }

    /// <summary>What a token proved, as long as it and the keys hold that it was verified with.</summary>
    private sealed record Verified(CredentialClaim Claim, TokenIssuer Issuer, IssuerKeys Keys, DateTimeOffset Until)
    {
        public bool Holds(DateTimeOffset now) => now < Until && ReferenceEquals(Issuer.Keys, Keys);
    }
}
