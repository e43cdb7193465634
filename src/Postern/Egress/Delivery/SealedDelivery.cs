using System.Text.Json;
using Postern.Model;

namespace Postern.Egress.Delivery;

/// <summary>
/// Seals the parts of a delivery, each bound to its subscription and to what it is for: a row copied to another subscription, or
/// one part put in place of another, does not open.
/// </summary>
internal static class SealedDelivery
{
    public static SealedPart Seal(this SecretProtector protector, string subscription, DeliveryAuth auth, string shown) =>
        Seal(protector, subscription, SecretPurpose.DeliveryAuth, auth, shown);

    public static SealedPart Seal(this SecretProtector protector, string subscription, IReadOnlyDictionary<string, string> headers, string shown) =>
        Seal(protector, subscription, SecretPurpose.DeliveryHeaders, headers, shown);

    public static SealedPart Seal(this SecretProtector protector, string subscription, DeliveryTls tls, string shown) =>
        Seal(protector, subscription, SecretPurpose.DeliveryTls, tls, shown);

    /// <exception cref="SecretUnreadableException">Sealed with another key, for another subscription, or damaged.</exception>
    public static DeliveryAuth? OpenAuth(this SecretProtector protector, Subscription subscription) =>
        Open<DeliveryAuth>(protector, subscription.Id, SecretPurpose.DeliveryAuth, subscription.Delivery?.Auth);

    /// <inheritdoc cref="OpenAuth"/>
    public static IReadOnlyDictionary<string, string>? OpenHeaders(this SecretProtector protector, Subscription subscription) =>
        Open<Dictionary<string, string>>(protector, subscription.Id, SecretPurpose.DeliveryHeaders, subscription.Delivery?.Headers);

    /// <inheritdoc cref="OpenAuth"/>
    public static DeliveryTls? OpenTls(this SecretProtector protector, Subscription subscription) =>
        Open<DeliveryTls>(protector, subscription.Id, SecretPurpose.DeliveryTls, subscription.Delivery?.Tls);

    /// <summary>Whether two subscriptions would meet their receiver alike.</summary>
    /// <inheritdoc cref="OpenAuth"/>
    public static bool AreAlike(this SecretProtector protector, Subscription one, Subscription other) =>
        Write(protector.OpenAuth(one)) == Write(protector.OpenAuth(other))
        && Write(protector.OpenTls(one)) == Write(protector.OpenTls(other))
        && Write(Sorted(protector.OpenHeaders(one))) == Write(Sorted(protector.OpenHeaders(other)));

    private static SealedPart Seal<T>(SecretProtector protector, string subscription, SecretPurpose purpose, T value, string shown) =>
        new(shown, protector.Seal(purpose, subscription, JsonSerializer.SerializeToUtf8Bytes(value)));

    private static T? Open<T>(SecretProtector protector, string subscription, SecretPurpose purpose, SealedPart? part)
        where T : class => part is null
            ? null
            : JsonSerializer.Deserialize<T>(protector.Open(purpose, subscription, part.Ciphertext.Span));

    private static string Write<T>(T value) => JsonSerializer.Serialize(value);

    private static SortedDictionary<string, string>? Sorted(IReadOnlyDictionary<string, string>? headers) => headers is null
        ? null
        : new SortedDictionary<string, string>(
            headers.ToDictionary(static header => header.Key.ToLowerInvariant(), static header => header.Value), StringComparer.Ordinal);
}
