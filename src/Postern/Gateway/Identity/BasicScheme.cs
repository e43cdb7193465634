using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Postern.Configuration;
using Postern.Model;
using Postern.Model.Access;

namespace Postern.Gateway.Identity;

/// <summary><c>Authorization: Basic</c> (RFC 7617), looked up by user name and password together.</summary>
internal sealed class BasicScheme : CredentialScheme
{
    private const string Scheme = "Basic ";

    private static readonly CredentialClaim SeveralFields = new CredentialClaim.Invalid("The call has several Authorization fields: send one.");

    private readonly TimeProvider time;
    private readonly SecretDigests<KnownCredential> credentials = new();

    public BasicScheme(IReadOnlyDictionary<string, ConsumerConfiguration> consumers, TimeProvider time)
    {
        this.time = time;
        foreach (var (name, configuration) in consumers)
        {
            foreach (var basic in configuration.Credentials.OfType<CredentialConfiguration.Basic>())
            {
                credentials.Add(
                    SHA256.HashData(Encoding.UTF8.GetBytes(basic.Username + ":" + basic.Password)),
                    new KnownCredential(new CredentialClaim.Of(new Consumer(name), basic.Id ?? basic.Username, Scopes.Usual), basic.Expires));
            }
        }
    }

    public override CredentialKind Kind => CredentialKind.Basic;

    public override string Challenge => "Basic realm=\"postern\", charset=\"UTF-8\"";

    public override ValueTask<CredentialClaim> CheckAsync(HttpContext context, CancellationToken cancellation) =>
        ValueTask.FromResult(Check(context.Request.Headers.Authorization));

    public override void Remove(HttpRequest request) => request.Headers.Remove(HeaderNames.Authorization);

    private CredentialClaim Check(StringValues values)
    {
        if (!values.Any(IsBasic))
        {
            return values.Count == 0 ? CredentialClaim.Nothing : CredentialClaim.Theirs;
        }

        if (values.Count > 1)
        {
            // RFC 9110 §11.6.2 knows one. Which of them another server would take is a guess.
            return SeveralFields;
        }

        var encoded = values[0].AsSpan(Scheme.Length).Trim(' ');
        var decoded = new byte[encoded.Length];
        return Convert.TryFromBase64Chars(encoded, decoded, out var length) && Utf8.IsValid(decoded.AsSpan(0, length))
            ? credentials.Find(SHA256.HashData(decoded.AsSpan(0, length)))?.ClaimAt(time.GetUtcNow()) ?? CredentialClaim.Theirs
            : CredentialClaim.Theirs;
    }

    private static bool IsBasic(string? value) => value?.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) == true;
}
