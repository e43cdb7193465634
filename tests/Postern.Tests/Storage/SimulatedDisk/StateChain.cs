namespace Postern.Tests.Storage.SimulatedDisk;

/// <summary>
/// The states of one thing in the store while many others change: an event, a callback, a job. Only one caller changes it at a time,
/// so that after a power loss it is in a state between the last one acknowledged and the last one asked for.
/// </summary>
internal sealed class StateChain(string name)
{
    /// <summary>It is not there.</summary>
    public const string Absent = "absent";

    private readonly List<(int Begun, int Acknowledged, string State)> states = [(0, 0, Absent)];

    public string Name => name;

    public int Acknowledgements(int point) => states.Count(state => state.Acknowledged <= point);

    public StateChain To(string state, int begun, int acknowledged)
    {
        states.Add((begun, acknowledged, state));
        return this;
    }

    /// <returns>What is wrong; null: it may be so.</returns>
    public string? FaultOf(string found, int point)
    {
        var last = states.FindLastIndex(state => state.Acknowledged <= point);
        var allowed = states.Where((state, index) => index >= last && state.Begun <= point).Select(state => state.State).ToArray();
        return allowed.Contains(found) ? null : $"{name} is {found}, and not {string.Join(" or ", allowed)}";
    }
}
