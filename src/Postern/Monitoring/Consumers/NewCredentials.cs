using Postern.Configuration.Rules;
using Postern.Configuration.Shapes;
using Postern.Configuration.Values;
using Postern.Model.Access;
using Postern.Operations;

namespace Postern.Monitoring.Consumers;

/// <summary>Whether a credential can be made as it was asked for: each field has its message.</summary>
internal static class NewCredentials
{
    private static readonly IReadOnlyList<string> Algorithms = [.. SignatureAlgorithms.Names.Where(static name => name != SignatureAlgorithms.HmacSha256)];

    /// <exception cref="ProblemException">422: it cannot.</exception>
    public static void Check(NewCredential request, DateTimeOffset now)
    {
        var errors = new FieldErrors();
        Note(errors, "id", request.Id, Names.Name);
        ConsumerBody.CheckScopes(request.Scopes, AudienceNames.FindFaultOfCredential, errors);
        if (request.Expires <= now)
        {
            errors.Add("expires", "has passed.");
        }

        if (request.Type == CredentialKind.Basic.Spelling())
        {
            CheckLogin(request, errors);
        }
        else if (request.Type == CredentialKind.HttpSignature.Spelling())
        {
            CheckSignatureKey(request, errors);
        }
        else if (request.Type != CredentialKind.ApiKey.Spelling())
        {
            errors.Add("type", "must be api-key, basic or http-signature.");
        }

        if (request.Type != CredentialKind.Basic.Spelling() && (request.Username is not null || request.Password is not null))
        {
            errors.Add("type", "must be basic: username and password belong to no other.");
        }

        if (request.Type != CredentialKind.HttpSignature.Spelling() && (request.Algorithm is not null || request.PublicKey is not null))
        {
            errors.Add("type", "must be http-signature: algorithm and publicKey belong to no other.");
        }

        errors.Throw();
    }

    private static void CheckLogin(NewCredential request, FieldErrors errors)
    {
        Need(errors, "username", request.Username);
        Need(errors, "password", request.Password);
        Note(errors, "username", request.Username, Names.Username);
        Note(errors, "password", request.Password, Names.Password);
        if (request.Id is null)
        {
            Note(errors, "id", request.Username, Names.Name, "is missing, and the user name cannot stand for it.");
        }
    }

    private static void CheckSignatureKey(NewCredential request, FieldErrors errors)
    {
        Need(errors, "algorithm", request.Algorithm);
        Need(errors, "publicKey", request.PublicKey);
        if (!string.IsNullOrEmpty(request.Algorithm) && !Algorithms.Contains(request.Algorithm))
        {
            errors.Add("algorithm", $"must be one of {string.Join(", ", Algorithms)}. A secret (hmac-sha256) is not kept here: give it in the configuration file.");
        }
        else if (!string.IsNullOrEmpty(request.PublicKey))
        {
            var key = SignatureAlgorithms.DecodePem(request.PublicKey);
            var fault = key is null ? "is not one public key in PEM (-----BEGIN PUBLIC KEY-----)."
                : request.Algorithm is { Length: > 0 } algorithm ? SignatureAlgorithms.FindFault(key, algorithm)
                : null;
            if (fault is not null)
            {
                errors.Add("publicKey", fault);
            }
        }
    }

    private static void Need(FieldErrors errors, string field, string? value)
    {
        if (string.IsNullOrEmpty(value))
        {
            errors.Add(field, "is missing.");
        }
    }

    private static void Note(FieldErrors errors, string field, string? value, Func<string, Parsed<string>> parse, string? instead = null)
    {
        if (!string.IsNullOrEmpty(value) && parse(value).Problem is { } problem)
        {
            errors.Add(field, instead ?? problem);
        }
    }
}
