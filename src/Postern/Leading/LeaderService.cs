using Postern.Ports;

namespace Postern.Leading;

/// <summary>One of the services that only the node runs that leads in a duty.</summary>
/// <param name="Duty">What it is part of.</param>
/// <param name="Type">A background service, known to the container.</param>
internal sealed record LeaderService(Duty Duty, Type Type);
