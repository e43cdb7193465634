namespace Postern.Model;

/// <summary>
/// The gateway's id of an event: <c>evt_</c>, ten characters that hold its sequence, ten random ones (Crockford base 32).
/// </summary>
/// <remarks>
/// The sequence makes an index on ids unnecessary. The random half keeps an id from ever naming two events, even when a
/// store was restored from a backup and counts the same sequences again: consumers drop duplicates by this id.
/// </remarks>
public static class EventId
{
    private const string Prefix = "evt_";
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
    private const int Digits = 10;

    /// <summary>A new id for the event at <paramref name="sequence"/>, with fifty random bits.</summary>
    public static string Create(long sequence)
    {
        // Random is seeded by the system for each process, which is what keeps ids apart; they guard nothing.
        return Create(sequence, (ulong)Random.Shared.NextInt64());
    }

    internal static string Create(long sequence, ulong random) =>
        string.Create(Prefix.Length + 2 * Digits, (sequence, random), static (span, state) =>
        {
            Prefix.CopyTo(span);
            Write(span.Slice(Prefix.Length, Digits), (ulong)state.sequence);
            Write(span[(Prefix.Length + Digits)..], state.random);
        });

    /// <summary>Reads the sequence out of an id; false when it is not one of ours. The stored id must still be compared.</summary>
    public static bool TryReadSequence(ReadOnlySpan<char> id, out long sequence)
    {
        sequence = 0;
        if (id.Length != Prefix.Length + 2 * Digits || !id.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return false;
        }

        foreach (var character in id.Slice(Prefix.Length, Digits))
        {
            var digit = Alphabet.IndexOf(character, StringComparison.Ordinal);
            if (digit < 0)
            {
                return false;
            }

            sequence = (sequence << 5) | (long)digit;
        }

        return true;
    }

    private static void Write(Span<char> span, ulong value)
    {
        for (var index = span.Length - 1; index >= 0; index--, value >>= 5)
        {
            span[index] = Alphabet[(int)(value & 31)];
        }
    }
}
