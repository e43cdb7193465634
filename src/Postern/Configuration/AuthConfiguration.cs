using Postern.Model.Access;

namespace Postern.Configuration;

/// <summary>Who may come in at an API or one of its resources. What a resource does not say is as its API has it.</summary>
public sealed record AuthConfiguration
{
    /// <summary>Kinds of credentials that are looked at; others pass on as the API's own. Null: all.</summary>
    public IReadOnlyList<CredentialKind>? Accept { get; init; }

    /// <summary>Whether calls that pass on to the API need no consumer; null: they need none. The gateway's own calls always need one.</summary>
    public bool? Anonymous { get; init; }

    /// <summary>Whether the API gets the credentials that were recognised; null: it does not.</summary>
    public bool? ForwardCredentials { get; init; }
}

/// <summary>How an API is told who calls. No client can send any of these headers, however it spells them.</summary>
public sealed record IdentityConfiguration
{
    /// <summary>Header with the consumer's name, percent-encoded where it is not ASCII.</summary>
    public string Header { get; init; } = "X-Consumer-Name";

    /// <summary>Header with the id of the credential; null: none.</summary>
    public string? CredentialHeader { get; init; }

    /// <summary>Header with the scopes of the credential and spaces between them; null: none.</summary>
    public string? ScopesHeader { get; init; }

    internal IEnumerable<(string Key, string Name)> Headers()
    {
        yield return ("header", Header);
        if (CredentialHeader is not null)
        {
            yield return ("credentialHeader", CredentialHeader);
        }

        if (ScopesHeader is not null)
        {
            yield return ("scopesHeader", ScopesHeader);
        }
    }
}
