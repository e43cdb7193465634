namespace Postern.Model;

/// <summary>How the receiver at a callback URL shows that it wants callbacks before it gets any.</summary>
public enum Verification
{
    /// <summary>It does not: whoever subscribes is believed.</summary>
    None = 0,

    /// <summary>It gives a random challenge back, as subscribers of WebSub do (W3C WebSub §5.3).</summary>
    Challenge = 1,

    /// <summary>It consents in its answer to <c>OPTIONS</c> (CloudEvents webhook 1.0, §4).</summary>
    Handshake = 2,
}

/// <summary>What is known of the receiver's consent at a subscription's callback URL. Another URL needs another proof.</summary>
public sealed record Proof
{
    /// <summary>When it last consented; null: never yet.</summary>
    public DateTimeOffset? Given { get; init; }

    /// <summary>Until when that counts; null: never given.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>When it is asked next; null: not by itself.</summary>
    public DateTimeOffset? Due { get; init; }

    /// <summary>When it was asked last; null: not yet.</summary>
    public DateTimeOffset? Asked { get; init; }

    /// <summary>How often it was asked in vain since its last consent, or since the proof was begun anew.</summary>
    public int Failures { get; init; }

    /// <summary>Why the last question was in vain, in words for the developer at the other end; null: it was not.</summary>
    public string? Error { get; init; }

    /// <summary>The origin that it consented to by handshake: sent with every callback. Null for a challenge.</summary>
    public string? Origin { get; init; }

    /// <summary>Callbacks a minute that it consented to by handshake; null: as many as there are.</summary>
    public int? Rate { get; init; }

    /// <summary>A proof that is yet to be given, asked for at once.</summary>
    public static Proof Wanted(DateTimeOffset now) => new() { Due = now };

    /// <summary>Whether it counts at a moment.</summary>
    public bool Holds(DateTimeOffset now) => Until > now;
}
