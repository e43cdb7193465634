namespace Postern.Server.CrashTest;

/// <summary>
/// Explains each callback that comes again after it was answered with a 2xx: by the end of the life of the node in which it was
/// answered, or by an answer that the node did not wait for. What nothing explains is a fault.
/// </summary>
internal sealed class Duplicates
{
    // Lives are kept in 16 bits, 0 being none. Later ones begin again at 1: who comes again after so many lives is told apart no more.
    private const int Lives = ushort.MaxValue;

    private readonly List<Dictionary<uint, LifeAtEndpoint>> lives = [[]];
    private readonly Dictionary<(ushort Subscription, uint Number), int> unexplained = [];

    /// <summary>Callbacks that came again.</summary>
    public long Found { get; private set; }

    /// <summary>Answers that the node did not wait for.</summary>
    public long Timeouts { get; private set; }

    /// <summary>The most that the ends of lives explain: at each endpoint what can be unrecorded at once, and no more than it took in that life.</summary>
    public long Allowed => lives.Sum(life => life.Values.Sum(one => one.Allowed));

    private int Life => lives.Count - 1;

    private ushort Mark => (ushort)(Life % Lives + 1);

    public void Receive(LedgerSubscription subscription, in Entry entry)
    {
        ref var taken = ref subscription.TakenIn[entry.Number];
        if (taken != 0)
        {
            Found++;
            var before = Life - (Mark - taken + Lives) % Lives;
            if (before == Life)
            {
                var pair = (entry.Subscription, entry.Number);
                unexplained[pair] = unexplained.GetValueOrDefault(pair) + 1;
            }
            else
            {
                lives[before][subscription.Endpoint].Again++;
            }
        }

        var late = entry.Marks.HasFlag(Marks.GivenUp);
        Timeouts += late ? 1 : 0;

        // What was refused, or given up by the node, has to come again.
        taken = 0;
        if (entry.Marks.HasFlag(Marks.Accepted) && !late)
        {
            taken = Mark;
            Here(subscription.Endpoint).Taken++;
        }
    }

    /// <summary>The answer to an earlier receipt came too late. The retry that follows from it may have been written down before that was known.</summary>
    public void TakeBack(LedgerSubscription subscription, in Entry entry)
    {
        Timeouts++;
        var pair = (entry.Subscription, entry.Number);
        if (!unexplained.TryGetValue(pair, out var count))
        {
            subscription.TakenIn[entry.Number] = 0;
            return;
        }

        Found--;
        if (count == 1)
        {
            unexplained.Remove(pair);
        }
        else
        {
            unexplained[pair] = count - 1;
        }
    }

    /// <param name="unrecorded">How many callbacks can have been taken at one endpoint, and not be recorded.</param>
    public void End(long unrecorded)
    {
        foreach (var one in lives[Life].Values)
        {
            one.Unrecorded = unrecorded;
        }

        lives.Add([]);
    }

    public void Judge(Violations violations)
    {
        foreach (var ((subscription, number), count) in unexplained)
        {
            violations.Add(ViolationKind.Duplicate, () => $"event {number} at subscription {subscription} twice, with no crash between", count);
        }

        foreach (var (crash, life) in lives.Index())
        {
            foreach (var (endpoint, one) in life.Where(one => one.Value.Again > one.Value.Allowed))
            {
                violations.Add(
                    ViolationKind.Duplicate,
                    () => $"{one.Again} taken by endpoint {(EndpointKind)endpoint} before crash {crash + 1} came again; it explains {one.Allowed}",
                    one.Again - one.Allowed);
            }
        }
    }

    private LifeAtEndpoint Here(uint endpoint)
    {
        if (!lives[Life].TryGetValue(endpoint, out var found))
        {
            lives[Life][endpoint] = found = new LifeAtEndpoint();
        }

        return found;
    }

    /// <summary>What one endpoint saw of one life.</summary>
    private sealed class LifeAtEndpoint
    {
        /// <summary>Callbacks that it answered with a 2xx in time.</summary>
        public long Taken { get; set; }

        /// <summary>Those that came again in a later life.</summary>
        public long Again { get; set; }

        /// <summary>0 while the life has not ended.</summary>
        public long Unrecorded { get; set; }

        public long Allowed => Math.Min(Taken, Unrecorded);
    }
}
