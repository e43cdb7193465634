namespace Postern.Model;

/// <summary>What a sealed secret is for. What was sealed for one purpose does not open for another.</summary>
public enum SecretPurpose
{
    /// <summary>Signs the callbacks of a subscription. Owner: its id.</summary>
    Signing = 0,

    /// <summary>An answer kept for an idempotency key. Owner: operation, consumer and key.</summary>
    Answer = 1,

    /// <summary>Credentials that a subscription's callbacks carry. Owner: its id.</summary>
    DeliveryAuth = 2,

    /// <summary>Headers that a subscription's callbacks carry. Owner: its id.</summary>
    DeliveryHeaders = 3,

    /// <summary>Certificates of a subscription's callbacks, with their key. Owner: its id.</summary>
    DeliveryTls = 4,
}
