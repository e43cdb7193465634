namespace Postern.Model.Access;

/// <summary>How a caller can prove who it is. Each kind has a scheme that checks it.</summary>
public enum CredentialKind
{
    /// <summary>User name and password (RFC 7617).</summary>
    Basic = 0,

    /// <summary>A key in a header of its own.</summary>
    ApiKey = 1,

    /// <summary>A JSON Web Token of a configured issuer (RFC 7519).</summary>
    Jwt = 2,

    /// <summary>A certificate that was shown in the TLS handshake.</summary>
    Mtls = 3,

    /// <summary>A Standard Webhooks signature of what is published.</summary>
    WebhookSignature = 4,

    /// <summary>An HTTP message signature (RFC 9421).</summary>
    HttpSignature = 5,
}

/// <summary>The kinds as the configuration and the reports write them.</summary>
public static class CredentialKinds
{
    public static IReadOnlyList<(string Spelling, CredentialKind Kind)> All { get; } =
    [
        ("basic", CredentialKind.Basic),
        ("api-key", CredentialKind.ApiKey),
        ("jwt", CredentialKind.Jwt),
        ("mtls", CredentialKind.Mtls),
        ("webhook-signature", CredentialKind.WebhookSignature),
        ("http-signature", CredentialKind.HttpSignature),
    ];

    public static string Spelling(this CredentialKind kind) => All.First(known => known.Kind == kind).Spelling;
}
