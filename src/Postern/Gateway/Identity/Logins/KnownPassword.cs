using Postern.Configuration;
using Postern.Model.Access;

namespace Postern.Gateway.Identity.Logins;

/// <summary>A password that is kept as a hash, and what it claims for whoever knows it.</summary>
internal sealed record KnownPassword(PasswordHash Hash, KnownCredential Credential)
{
    /// <summary>The one it has replaced, taken beside it until its credential expires; null: none.</summary>
    public KnownPassword? Replaced { get; private init; }

    public static KnownPassword? Of(CredentialConfiguration.Basic basic, KnownCredential known) => basic.Hash is not { } hash ? null : new KnownPassword(hash, known)
    {
        Replaced = basic.Replaced is { } replaced ? new KnownPassword(replaced.Hash, known with { Expires = known.Expires < replaced.Until ? known.Expires : replaced.Until }) : null,
    };
}
