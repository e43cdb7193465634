namespace Postern.Egress;

/// <summary>How a name was looked up last.</summary>
internal enum NameStanding
{
    /// <summary>Nothing is known, or it was told in time that there is no answer.</summary>
    New = 0,

    /// <summary>Answered in time.</summary>
    Proven = 1,

    /// <summary>Not answered in time: it holds a thread of the resolver for many seconds.</summary>
    Slow = 2,
}

/// <summary>
/// Bounds the look-ups under way, which hold a thread each: proven names, new ones and slow ones have slots of their own, so that
/// names that hang keep nobody from being resolved. One that is late moves to the slow ones. Used under the resolver's lock.
/// </summary>
internal sealed class LookupSlots
{
    /// <summary>A name server that is well answers within this.</summary>
    public static readonly TimeSpan InTime = TimeSpan.FromSeconds(2);

    public const int OfProven = 8;
    public const int OfNew = 8;
    public const int OfSlow = 16;

    // The other half is for those that turn out to be slow.
    private const int KnownSlow = OfSlow / 2;

    private static readonly NameStanding[] order = [NameStanding.Proven, NameStanding.New, NameStanding.Slow];

    private readonly LinkedList<Lookup>[] lines = [new(), new(), new()];
    private readonly HashSet<Lookup>[] held = [[], [], []];
    private readonly Queue<Lookup> late = new();

    public void Ask(Lookup lookup) => Line(lookup).AddLast(lookup);

    /// <summary>The next one that may begin; null when none may.</summary>
    public Lookup? Next()
    {
        foreach (var standing in order)
        {
            if (lines[(int)standing].First is { } first && held[(int)standing].Count < Most(standing))
            {
                lines[(int)standing].Remove(first);
                held[(int)standing].Add(first.Value);
                return first.Value;
            }
        }

        return null;
    }

    /// <summary>It has not been answered in time: its slot goes to the next, as soon as not too many are slow already.</summary>
    public void Late(Lookup lookup)
    {
        if (lookup.Standing != NameStanding.Slow)
        {
            late.Enqueue(lookup);
            MoveLate();
        }
    }

    public void Free(Lookup lookup)
    {
        held[(int)lookup.Standing].Remove(lookup);
        MoveLate();
    }

    private void MoveLate()
    {
        while (held[(int)NameStanding.Slow].Count < OfSlow && late.TryDequeue(out var lookup))
        {
            // One that has been answered since holds none.
            if (held[(int)lookup.Standing].Remove(lookup))
            {
                lookup.Standing = NameStanding.Slow;
                held[(int)NameStanding.Slow].Add(lookup);
            }
        }
    }

    /// <summary>Nobody waits for it. False when it has begun.</summary>
    public bool Withdraw(Lookup lookup) => Line(lookup).Remove(lookup);

    private LinkedList<Lookup> Line(Lookup lookup) => lines[(int)lookup.Standing];

    private static int Most(NameStanding standing) => standing switch
    {
        NameStanding.Proven => OfProven,
        NameStanding.New => OfNew,
        _ => KnownSlow,
    };
}
