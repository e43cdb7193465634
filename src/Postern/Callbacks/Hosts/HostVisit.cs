using System.Net;
using Postern.Configuration;
using Postern.Model.Limits;

namespace Postern.Callbacks.Hosts;

/// <summary>One attempt at a host: what it holds of the host's limits until it has ended.</summary>
internal sealed class HostVisit : IDisposable
{
    // How soon a place is free again is not known: hosts answer within a tenth of a second, those that do not are rare.
    private const double TurnsPerPlace = 10;

    // Whoever would wait longer comes back within this time, spread over its later half.
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    private readonly HostLimits shared;
    private readonly LimitConfiguration limit;
    private readonly Lock gate = new();
    private readonly List<LimitState> entered = [];
    private readonly HashSet<UInt128> reached = [];
    private bool ended;

    public HostVisit(HostLimits shared, string name, LimitConfiguration limit)
    {
        this.shared = shared;
        this.limit = limit;
        IsAdmitted = limit.IsNone || TryEnter(shared.Names, name);
    }

    /// <summary>The host may be called by this name.</summary>
    public bool IsAdmitted { get; }

    /// <summary>When it may be tried again, where something said no.</summary>
    public TimeSpan Wait { get; private set; }

    /// <summary>Whether this address may be called now. It is counted once for the attempt.</summary>
    public bool MayReach(IPAddress address)
    {
        lock (gate)
        {
            // A connection that is made for nobody any more sends nothing: who takes it over is counted when it writes.
            return limit.IsNone || ended || reached.Contains(AddressKey.Of(address))
                || (TryEnter(shared.Addresses, AddressKey.Of(address)) && reached.Add(AddressKey.Of(address)));
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            ended = true;
            entered.ForEach(static state => state.Leave());
            entered.Clear();
        }
    }

    private bool TryEnter<TKey>(LimitStates<TKey> states, TKey key)
        where TKey : notnull
    {
        var now = shared.Now;
        if (states.Enter(key, limit.Concurrency ?? int.MaxValue, now) is not { } state)
        {
            Wait = Book(states, key, new TokenRate(limit.Concurrency!.Value * TurnsPerPlace, 1), now);
            return false;
        }

        entered.Add(state);
        if (limit.Tokens is { } rate && !state.Take(rate, now).Taken)
        {
            Wait = Book(states, key, rate, now);
            return false;
        }

        return true;
    }

    private static TimeSpan Book<TKey>(LimitStates<TKey> states, TKey key, TokenRate rate, TimeSpan now)
        where TKey : notnull
    {
        if (states.Enter(key, int.MaxValue, now) is not { } state)
        {
            return Longest;
        }

        var wait = state.Book(rate, now);
        state.Leave();
        return wait < Longest ? wait : Longest * (0.5 + (0.5 * Random.Shared.NextDouble()));
    }
}
