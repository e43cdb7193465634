using System.Security.Cryptography;
using System.Text;
using Postern.Model;
using Postern.Ports;

namespace Postern.Storage.Sql.Writing;

/// <summary>What is remembered of events that are gone: who published them, so that a repetition is found.</summary>
internal static class ProducerIds
{
    // Of SHA-256: two that are alike by accident are not to be expected, and what the producer called it is not kept.
    private const int KeyBytes = 16;

    /// <summary>There are any. Asked first: mostly there are none, and a publish pays for no hash.</summary>
    public static bool Any(WriteTransaction transaction)
    {
        using var rows = transaction.Prepare("SELECT 1 FROM producer_ids LIMIT 1");
        return rows.Step();
    }

    public static Staged? Find(WriteTransaction transaction, string source, string producerId)
    {
        using var rows = transaction.Prepare("SELECT id, sequence FROM producer_ids WHERE key = ?").Bind(KeyOf(source, producerId));
        return rows.Step() ? new Staged(rows.Text(0), rows.Number(1), Duplicate: true) : null;
    }

    /// <summary>Removes an event; one that was staged not long ago leaves its producer's id behind. False when it was gone.</summary>
    public static bool RemoveEvent(WriteTransaction transaction, long sequence)
    {
        string id, source;
        string? producerId;
        long staged;
        using (var rows = transaction.Prepare("DELETE FROM events WHERE sequence = ? RETURNING id, staged, source, producer_id").Bind(sequence))
        {
            if (!rows.Step())
            {
                return false;
            }

            (id, staged, source, producerId) = (rows.Text(0), rows.Number(1), rows.Text(2), rows.OptionalText(3));
        }

        if (producerId is not null && staged > (transaction.Now - Promises.ProducerIds).ToUnixTimeMilliseconds())
        {
            transaction.RemembersProducers = true;
            transaction.Prepare("INSERT INTO producer_ids (sequence, id, staged, key) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING")
                .Bind(sequence).Bind(id).Bind(staged).Bind(KeyOf(source, producerId)).Run();
        }

        return true;
    }

    private static ReadOnlySpan<byte> KeyOf(string source, string producerId) =>
        SHA256.HashData(Encoding.UTF8.GetBytes($"{source}\0{producerId}")).AsSpan(0, KeyBytes);
}
