namespace Postern.Model.Access;

/// <summary>Names a credential among those of all consumers.</summary>
/// <param name="Id">Its name among those of its consumer.</param>
public readonly record struct CredentialName(string Consumer, CredentialKind Kind, string Id);

/// <summary>When a credential was used last.</summary>
public readonly record struct CredentialUse(CredentialName Name, DateTimeOffset At);
