namespace Postern.Model.Access;

/// <summary>A consumer that the admin API made.</summary>
public sealed record StoredConsumer
{
    public required string Name { get; init; }

    /// <summary>What it may do, as the configuration writes scopes; null: what is usual.</summary>
    public IReadOnlyList<string>? Scopes { get; init; }

    public bool Operator { get; init; }

    /// <summary>Set by the store.</summary>
    public DateTimeOffset Created { get; init; }

    public IReadOnlyList<StoredCredential> Credentials { get; init; } = [];
}

/// <summary>A credential of such a consumer. Its secret is not kept, only what it can be checked by.</summary>
public sealed record StoredCredential
{
    /// <summary>Its name among those of its consumer. Of HTTP signatures also the id of the key, and no two consumers share one.</summary>
    public required string Id { get; init; }

    public required CredentialKind Kind { get; init; }

    /// <summary>Of Basic; no two consumers share one.</summary>
    public string? Username { get; init; }

    /// <summary>SHA-256 of the key in hexadecimal digits, the hash of the password as a PHC string, or an algorithm and a public key.</summary>
    public required string Verifier { get; init; }

    /// <summary>The only ones of the consumer's scopes that it gives; null: all of them.</summary>
    public IReadOnlyList<string>? Scopes { get; init; }

    public required DateTimeOffset Created { get; init; }

    /// <summary>From when on it is refused; null: never.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>The password that this one has replaced; null: none that is still taken.</summary>
    public ReplacedPassword? Replaced { get; init; }
}

/// <param name="Verifier">Its hash as a PHC string.</param>
/// <param name="Until">From when on it is refused.</param>
public sealed record ReplacedPassword(string Verifier, DateTimeOffset Until);
