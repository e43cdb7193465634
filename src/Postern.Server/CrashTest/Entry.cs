using System.Runtime.InteropServices;

namespace Postern.Server.CrashTest;

/// <summary>What an entry of a journal says.</summary>
internal enum EntryKind : byte
{
    /// <summary>A publisher or a caller is about to send the events from <see cref="Entry.Number"/> on, <see cref="Entry.Value"/> of them.</summary>
    Intent = 1,

    /// <summary>They were answered with a 2xx.</summary>
    Acknowledged = 2,

    /// <summary>A consumer is about to subscribe; events below <see cref="Entry.Number"/> are not for it.</summary>
    Subscribing = 3,

    /// <summary>The subscription was answered 201; events from <see cref="Entry.Number"/> on are owed to it.</summary>
    Subscribed = 4,

    /// <summary>From here on nothing is owed to it for certain.</summary>
    Unsubscribing = 5,

    /// <summary>The end was answered with a 2xx, in the second <see cref="Entry.Value"/> since 1970.</summary>
    Unsubscribed = 6,

    /// <summary>The receiver has taken a callback, signed in the second <see cref="Entry.Value"/>, and answered it.</summary>
    Received = 7,

    /// <summary>A node was started.</summary>
    Started = 8,

    /// <summary>The node was killed, or ended; at each endpoint at most <see cref="Entry.Value"/> callbacks were taken and not recorded.</summary>
    Ended = 9,

    /// <summary>The answer to a callback that was taken went out too late: the gateway may have stopped waiting for it.</summary>
    Late = 10,
}

[Flags]
internal enum Marks : byte
{
    None = 0,

    /// <summary>The signature holds.</summary>
    Signed = 1,

    /// <summary>The body is byte for byte the one that was published.</summary>
    Intact = 2,

    /// <summary>It was answered with a 2xx.</summary>
    Accepted = 4,

    /// <summary>The events come through the API, not from a publisher.</summary>
    Captured = 8,

    /// <summary>The subscription wants the events of each record in their order.</summary>
    Ordered = 16,

    /// <summary>The gateway closed the connection, or its time was over, before it was answered.</summary>
    GivenUp = 32,

    /// <summary>Replays were asked for: a second delivery is no duplicate.</summary>
    Replayed = 64,
}

/// <summary>One line of a journal: 24 bytes, so that an hour's run fits on a disk.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct Entry
{
    public required EntryKind Kind { get; init; }

    public Marks Marks { get; init; }

    /// <summary>The consumer's own number of the subscription.</summary>
    public ushort Subscription { get; init; }

    /// <summary>The record whose events keep their order; of a subscription, the classes of events that it wants.</summary>
    public int Key { get; init; }

    /// <summary>Number of the event; events are numbered from 1 on in the order in which they are intended.</summary>
    public uint Number { get; init; }

    /// <summary>A hash of <c>webhook-id</c>; of a subscription, the <see cref="EndpointKind"/> it is called at.</summary>
    public uint Id { get; init; }

    public long Value { get; init; }
}
