namespace Postern.Hosting;

/// <summary>Which of the two ports a connection came in by; a feature of the connection, so that nothing in a request can change it.</summary>
internal sealed class PortKind
{
    private PortKind()
    {
    }

    public static PortKind Gateway { get; } = new();

    public static PortKind Admin { get; } = new();
}
