namespace Postern.Model.Access;

/// <summary>What a caller proved with who it is.</summary>
/// <param name="Kind">The scheme that recognised it.</param>
/// <param name="Id">Names the credential among those of its consumer, in reports and headers. Never secret.</param>
public sealed record Credential(CredentialKind Kind, string Id);
