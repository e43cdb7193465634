namespace Postern.Egress.Delivery;

/// <summary>What a subscription says about TLS, as PEM.</summary>
internal sealed record DeliveryTls
{
    /// <summary>The only authorities that may vouch for the receiver; null: those that the operator trusts.</summary>
    public string? Ca { get; init; }

    /// <summary>Shown to a receiver that asks for one, with those between it and the root; null: none.</summary>
    public string? Certificate { get; init; }

    /// <summary>The private key of <see cref="Certificate"/>.</summary>
    public string? Key { get; init; }

    /// <summary>A record would print its key.</summary>
    public override string ToString() => nameof(DeliveryTls);
}
