using Postern.Egress.Tls;

namespace Postern.Egress;

/// <summary>The connections of one set of rules: a pool for each TLS profile, so many at most; the one that was not used for longest is left behind.</summary>
internal sealed class ConnectionPools(Func<TlsProfile, HttpMessageInvoker> make, Action<HttpMessageInvoker> retire)
{
    public const int Most = 256;

    private readonly Lock gate = new();
    private readonly Dictionary<string, Pool> pools = new(StringComparer.Ordinal);
    private readonly HttpMessageInvoker plain = make(TlsProfile.Default);
    private long turn;

    public int Count
    {
        get
        {
            lock (gate)
            {
                return pools.Count + 1;
            }
        }
    }

    public HttpMessageInvoker Of(TlsProfile profile)
    {
        if (profile.Key == TlsProfile.Default.Key)
        {
            return plain;
        }

        lock (gate)
        {
            if (!pools.TryGetValue(profile.Key, out var pool))
            {
                if (pools.Count >= Most)
                {
                    var (key, oldest) = pools.MinBy(static entry => entry.Value.Used);
                    pools.Remove(key);
                    retire(oldest.Invoker);
                }

                pools.Add(profile.Key, pool = new Pool(make(profile)));
            }

            pool.Used = ++turn;
            return pool.Invoker;
        }
    }

    /// <summary>None of them is used again.</summary>
    public void Retire(Action<HttpMessageInvoker> retire)
    {
        retire(plain);
        lock (gate)
        {
            foreach (var pool in pools.Values)
            {
                retire(pool.Invoker);
            }

            pools.Clear();
        }
    }

    private sealed class Pool(HttpMessageInvoker invoker)
    {
        public HttpMessageInvoker Invoker => invoker;

        public long Used { get; set; }
    }
}
