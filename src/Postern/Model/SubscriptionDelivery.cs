namespace Postern.Model;

/// <summary>
/// What the callbacks of a subscription carry for their receiver besides the event, and how they meet it. Each part is sealed on
/// its own, so that one can be changed without opening the others.
/// </summary>
/// <param name="Auth">Credentials for the receiver; null: none.</param>
/// <param name="Headers">Headers of the consumer's own; null: none.</param>
/// <param name="Tls">Authorities that are trusted, and the certificate that is shown; null: as the operator has it.</param>
public sealed record SubscriptionDelivery(SealedPart? Auth, SealedPart? Headers, SealedPart? Tls)
{
    /// <summary>Itself; null where it says nothing.</summary>
    public SubscriptionDelivery? OrNull() => this is { Auth: null, Headers: null, Tls: null } ? null : this;
}

/// <summary>A setting that is written and never shown again.</summary>
/// <param name="Shown">What its owner may see of it, as JSON text: no secret.</param>
/// <param name="Ciphertext">All of it; opaque to the store.</param>
public sealed record SealedPart(string Shown, ReadOnlyMemory<byte> Ciphertext);
