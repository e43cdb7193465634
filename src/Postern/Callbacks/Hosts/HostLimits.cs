using Postern.Configuration;
using Postern.Model.Limits;

namespace Postern.Callbacks.Hosts;

/// <summary>
/// What each host has got of what it may get (<c>callbacks.hosts</c>), whatever names it: a lane is one scheme, name and port, and
/// many of them can lead to one host. Counted by name, and by the address that is dialled.
/// </summary>
/// <remarks>
/// Asked when an attempt is made, and not when a lane starts one: before, the address is not known, and a name can lead elsewhere
/// each time it is looked up. Who finds nothing holds no socket, slot or place of a lane while it waits.
/// </remarks>
internal sealed class HostLimits(TimeProvider time)
{
    /// <summary>Hosts that are told apart at the same time.</summary>
    public const int Most = 65_536;

    private readonly long origin = time.GetTimestamp();

    public LimitStates<string> Names { get; } = new(Most);

    public LimitStates<UInt128> Addresses { get; } = new(Most);

    /// <summary>Monotonic.</summary>
    public TimeSpan Now => time.GetElapsedTime(origin);

    /// <summary>Begins an attempt at a host; disposed when it has ended.</summary>
    public HostVisit Begin(string name, LimitConfiguration limit) => new(this, name, limit);
}
