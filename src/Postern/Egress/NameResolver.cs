using System.Net;
using System.Net.Sockets;
using Postern.Monitoring;

namespace Postern.Egress;

/// <summary>
/// Looks host names up for all callbacks. Whoever asks for the same name meanwhile shares the answer, which holds for a few seconds;
/// the guard judges it at each use. A look-up cannot be ended from outside, so <see cref="LookupSlots"/> keeps those that hang apart.
/// </summary>
internal sealed class NameResolver(ResolveAddresses resolve, PosternMeter meter, TimeProvider time)
{
    /// <summary>Names that are remembered: their answers, and whether they are looked up in time.</summary>
    public const int Capacity = 8_192;

    /// <summary>Addresses of a name that are remembered, and judged: an answer can hold six thousand, and nobody is called by trying them all.</summary>
    public const int MostAddresses = 64;

    public static readonly TimeSpan Holds = TimeSpan.FromSeconds(5);
    public static readonly TimeSpan FailureHolds = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly Dictionary<string, HostName> names = new(StringComparer.OrdinalIgnoreCase);
    private readonly LookupSlots slots = new();
    private readonly long origin = time.GetTimestamp();

    private TimeSpan Now => time.GetElapsedTime(origin);

    /// <param name="started">Called when the look-up has begun: until then only the gateway is waited for.</param>
    /// <exception cref="SocketException">What the system's resolver says.</exception>
    public async ValueTask<IPAddress[]> ResolveAsync(string host, Action started, CancellationToken cancellation)
    {
        var (answer, lookup) = Ask(host);
        if (lookup is null)
        {
            return await answer!;
        }

        try
        {
            await lookup.Started.WaitAsync(cancellation);
            started();
            return await lookup.Answered.WaitAsync(cancellation);
        }
        finally
        {
            lock (gate)
            {
                Leave(lookup);
            }
        }
    }

    private (Task<IPAddress[]>? Answer, Lookup? Lookup) Ask(string host)
    {
        lock (gate)
        {
            var name = Find(host);
            if (name.Answer is not null && Now < name.Until)
            {
                return (name.Answer, null);
            }

            if (name.Lookup is null)
            {
                slots.Ask(name.Lookup = new Lookup(name));
            }

            name.Lookup.Waiters++;
            Serve();
            return (null, name.Lookup);
        }
    }

    private void Leave(Lookup lookup)
    {
        if (--lookup.Waiters == 0 && slots.Withdraw(lookup))
        {
            lookup.Name.Lookup = null;
        }
    }

    private void Serve()
    {
        while (slots.Next() is { } lookup)
        {
            _ = RunAsync(lookup);
        }
    }

    private async Task RunAsync(Lookup lookup)
    {
        // Not under the caller's lock.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var began = Now;
        lookup.Start();
        using var slow = time.CreateTimer(_ => Late(lookup), null, LookupSlots.InTime, Timeout.InfiniteTimeSpan);
        Task<IPAddress[]> answer;
        try
        {
            var found = await resolve(lookup.Name.Host, CancellationToken.None);
            answer = Task.FromResult(found.Length <= MostAddresses ? found : found[..MostAddresses]);
        }
        catch (Exception exception)
        {
            // Given to everybody who waits for it.
            answer = Task.FromException<IPAddress[]>(exception);
            _ = answer.Exception;
        }

        lock (gate)
        {
            var inTime = Now - began < LookupSlots.InTime;
            var name = lookup.Name;
            (name.Lookup, name.Answer) = (null, answer);
            name.Until = Now + (answer.IsFaulted ? FailureHolds : Holds);
            name.Standing = !inTime ? NameStanding.Slow : answer.IsFaulted && name.Standing != NameStanding.Proven ? NameStanding.New : NameStanding.Proven;
            slots.Free(lookup);
            meter.Lookups.Add(1, new KeyValuePair<string, object?>("result", !inTime ? "slow" : answer.IsFaulted ? "failed" : "found"));
            Serve();
        }

        lookup.Answer(answer);
    }

    private void Late(Lookup lookup)
    {
        lock (gate)
        {
            slots.Late(lookup);
            Serve();
        }
    }

    private HostName Find(string host)
    {
        if (names.TryGetValue(host, out var name))
        {
            return name;
        }

        if (names.Count >= Capacity)
        {
            // A quarter at a time, so that looking through all of them is rare.
            foreach (var old in names.Values.Where(static old => old.Lookup is null).OrderBy(static old => old.Until).Take(Capacity / 4).ToArray())
            {
                names.Remove(old.Host);
            }
        }

        // Where as many names hang, one more is looked up and not remembered.
        name = new HostName(host);
        if (names.Count < Capacity)
        {
            names[host] = name;
        }

        return name;
    }
}

/// <summary>What is known of a name; used under the resolver's lock.</summary>
internal sealed class HostName(string host)
{
    public string Host => host;

    public NameStanding Standing { get; set; }

    /// <summary>The last answer, complete.</summary>
    public Task<IPAddress[]>? Answer { get; set; }

    public TimeSpan Until { get; set; }

    public Lookup? Lookup { get; set; }
}

/// <summary>One look-up, and those who wait for it.</summary>
internal sealed class Lookup(HostName name)
{
    private readonly TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<IPAddress[]> answered = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public HostName Name => name;

    public int Waiters { get; set; }

    /// <summary>Whose slots it waits for, or holds one of.</summary>
    public NameStanding Standing { get; set; } = name.Standing;

    public Task Started => started.Task;

    public Task<IPAddress[]> Answered => answered.Task;

    public void Start() => started.TrySetResult();

    public void Answer(Task<IPAddress[]> answer)
    {
        answered.TrySetFromTask(answer);

        // Everybody may have gone by now.
        _ = answered.Task.Exception;
    }
}
