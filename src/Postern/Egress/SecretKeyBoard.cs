namespace Postern.Egress;

/// <summary>How far the secrets are sealed with the key that seals now: what tells an operator that an old key can go.</summary>
internal sealed class SecretKeyBoard
{
    private volatile SecretTally? last;
    private volatile SecretTally? running;

    public SecretTally Begin(SecretKeyRing ring) => running = new SecretTally(ring);

    public void End(SecretTally tally, DateTimeOffset at)
    {
        tally.Ended = at;
        (last, running) = (tally, null);
    }

    /// <summary>The pass that goes on, else the last one; null: none has begun.</summary>
    public SecretTally? Read() => running ?? last;
}

/// <summary>What one pass over all sealed secrets has found so far.</summary>
internal sealed class SecretTally(SecretKeyRing ring)
{
    /// <summary>The keys when it began.</summary>
    public SecretKeyRing Ring { get; } = ring;

    /// <summary>Sealed with the first key already.</summary>
    public int Current { get; set; }

    /// <summary>Sealed anew by this pass.</summary>
    public int Resealed { get; set; }

    /// <summary>Those that no known key opens.</summary>
    public int Unreadable { get; set; }

    public string? FirstFault { get; set; }

    /// <summary>When it was through; null: it goes on.</summary>
    public DateTimeOffset? Ended { get; set; }

    /// <summary>The keys other than the first are needed no more: it is through, found nothing to do, and can read everything.</summary>
    public bool IsSettled => Ended is not null && Resealed == 0 && Unreadable == 0;
}
