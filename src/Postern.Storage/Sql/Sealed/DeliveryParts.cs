using Postern.Model;
using Postern.Ports;
using Postern.Storage.Sql.Engine;
using Postern.Storage.Sql.Writing;

namespace Postern.Storage.Sql.Sealed;

/// <summary>One part of what subscriptions say about their delivery.</summary>
internal sealed class DeliveryParts(
    Func<SubscriptionDelivery, SealedPart?> part, Func<SubscriptionDelivery, SealedPart, SubscriptionDelivery> with) : SealedPlace
{
    public override void Replace(WriteTransaction transaction, ResealedSecret secret)
    {
        if (Read(transaction.Connection, secret.Number) is { } delivery
            && part(delivery) is { } stands && stands.Ciphertext.Span.SequenceEqual(secret.Before.Span))
        {
            var replaced = with(delivery, stands with { Ciphertext = secret.After });
            transaction.Prepare("UPDATE subscriptions SET delivery = ? WHERE number = ?").Bind(StoredJson.Write(replaced)).Bind(secret.Number).Run();
        }
    }

    protected override Statement Select(Connection connection) =>
        connection.Prepare("SELECT number, id, delivery FROM subscriptions WHERE number > ? AND delivery IS NOT NULL ORDER BY number LIMIT ?");

    protected override SealedRow ReadRow(Statement rows) =>
        new(rows.Number(0), rows.Text(1), part(StoredJson.ReadDelivery(rows.Text(2))!) is { } sealedPart ? [sealedPart.Ciphertext] : []);

    private static SubscriptionDelivery? Read(Connection connection, long number)
    {
        using var rows = connection.Prepare("SELECT delivery FROM subscriptions WHERE number = ?").Bind(number);
        return rows.Step() ? StoredJson.ReadDelivery(rows.OptionalText(0)) : null;
    }
}
