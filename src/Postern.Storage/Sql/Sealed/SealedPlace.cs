using Postern.Model;
using Postern.Ports;
using Postern.Storage.Sql.Engine;
using Postern.Storage.Sql.Writing;

namespace Postern.Storage.Sql.Sealed;

/// <summary>Where the sealed secrets of one purpose stand. This is the list of all that are sealed: what is not here is not sealed anew.</summary>
internal abstract class SealedPlace
{
    private static readonly SealedPlace Signing = new SigningSecrets();
    private static readonly SealedPlace Answers = new SealedAnswers();
    private static readonly SealedPlace Auth = new DeliveryParts(
        static delivery => delivery.Auth, static (delivery, part) => delivery with { Auth = part });
    private static readonly SealedPlace Headers = new DeliveryParts(
        static delivery => delivery.Headers, static (delivery, part) => delivery with { Headers = part });
    private static readonly SealedPlace Tls = new DeliveryParts(
        static delivery => delivery.Tls, static (delivery, part) => delivery with { Tls = part });

    public static SealedPlace Of(SecretPurpose purpose) => purpose switch
    {
        SecretPurpose.Signing => Signing,
        SecretPurpose.Answer => Answers,
        SecretPurpose.DeliveryAuth => Auth,
        SecretPurpose.DeliveryHeaders => Headers,
        SecretPurpose.DeliveryTls => Tls,
        _ => throw new ArgumentOutOfRangeException(nameof(purpose), purpose, "A purpose without a place."),
    };

    public IReadOnlyList<SealedRow> Read(Connection connection, long after, int limit)
    {
        using var rows = Select(connection).Bind(after).Bind(limit);
        var found = new List<SealedRow>();
        while (rows.Step())
        {
            found.Add(ReadRow(rows));
        }

        return found;
    }

    /// <summary>Replaces one ciphertext where it still stands.</summary>
    public abstract void Replace(WriteTransaction transaction, ResealedSecret secret);

    /// <summary>Takes a number and a limit: the rows after that number, in its order.</summary>
    protected abstract Statement Select(Connection connection);

    protected abstract SealedRow ReadRow(Statement rows);
}

/// <summary>The signing secrets of subscriptions, current and replaced.</summary>
internal sealed class SigningSecrets : SealedPlace
{
    public override void Replace(WriteTransaction transaction, ResealedSecret secret)
    {
        if (ReadSecrets(transaction.Connection, secret.Number) is not { } secrets)
        {
            return;
        }

        var replaced = secrets.Select(stored => stored.Ciphertext.Span.SequenceEqual(secret.Before.Span) ? stored with { Ciphertext = secret.After } : stored);
        transaction.Prepare("UPDATE subscriptions SET secrets = ? WHERE number = ?").Bind(StoredJson.Write([.. replaced])).Bind(secret.Number).Run();
    }

    protected override Statement Select(Connection connection) =>
        connection.Prepare("SELECT number, id, secrets FROM subscriptions WHERE number > ? ORDER BY number LIMIT ?");

    protected override SealedRow ReadRow(Statement rows) =>
        new(rows.Number(0), rows.Text(1), [.. StoredJson.ReadSecrets(rows.Text(2)).Select(secret => secret.Ciphertext)]);

    private static IReadOnlyList<SealedSecret>? ReadSecrets(Connection connection, long number)
    {
        using var rows = connection.Prepare("SELECT secrets FROM subscriptions WHERE number = ?").Bind(number);
        return rows.Step() ? StoredJson.ReadSecrets(rows.Text(0)) : null;
    }
}

/// <summary>The answers kept for idempotency keys.</summary>
internal sealed class SealedAnswers : SealedPlace
{
    public override void Replace(WriteTransaction transaction, ResealedSecret secret) =>
        transaction.Prepare("UPDATE answers SET answer = ? WHERE number = ? AND answer = ?")
            .Bind(secret.After.Span).Bind(secret.Number).Bind(secret.Before.Span).Run();

    protected override Statement Select(Connection connection) =>
        connection.Prepare("SELECT number, operation || '\n' || consumer || '\n' || key, answer FROM answers WHERE number > ? ORDER BY number LIMIT ?");

    protected override SealedRow ReadRow(Statement rows) => new(rows.Number(0), rows.Text(1), [rows.Bytes(2)]);
}
