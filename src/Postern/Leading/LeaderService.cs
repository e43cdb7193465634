namespace Postern.Leading;

/// <summary>One of the services that only the node that leads runs.</summary>
/// <param name="Type">A background service, known to the container.</param>
internal sealed record LeaderService(Type Type);
