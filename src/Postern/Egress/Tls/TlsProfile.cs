namespace Postern.Egress.Tls;

/// <summary>
/// Whom a connection trusts and what it shows. A connection is used for requests of its own profile alone: what one subscription
/// proves is never the word of another.
/// </summary>
/// <param name="only">The only authorities that are trusted; null: the system's and the operator's.</param>
/// <param name="besides">Authorities that are trusted beside the system's and those of <c>egress.ca</c>; null: none.</param>
/// <param name="certificate">Shown to a receiver that asks for one; null: none.</param>
internal sealed class TlsProfile(AuthoritySet? only, AuthoritySet? besides, ClientCertificate? certificate)
{
    /// <summary>What the operator trusts, and nothing shown.</summary>
    public static TlsProfile Default { get; } = new(null, null, null);

    public AuthoritySet? Only => only;

    public AuthoritySet? Besides => only is null ? Given : null;

    /// <summary>What was given as besides, whether it counts or not.</summary>
    public AuthoritySet? Given => besides;

    public ClientCertificate? Certificate => certificate;

    /// <summary>Equal for profiles whose connections may be shared.</summary>
    public string Key { get; } = $"{only?.Fingerprint}|{(only is null ? besides?.Fingerprint : null)}|{certificate?.Fingerprint}";
}
