using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Postern.Egress;
using Postern.Monitoring;
using Postern.Tests.Callbacks;

namespace Postern.Tests.Egress;

public sealed class NameResolverTests : IDisposable
{
    private readonly ServiceProvider services = new ServiceCollection().AddMetrics().AddSingleton<PosternMeter>().BuildServiceProvider();
    private readonly FakeTimeProvider time = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<IPAddress[]>> pending = new();
    private readonly ConcurrentQueue<string> asked = new();
    private readonly NameResolver names;

    public NameResolverTests() => names = new NameResolver(Resolve, services.GetRequiredService<PosternMeter>(), time);

    public void Dispose() => services.Dispose();

    [Fact]
    public async Task Whoever_asks_for_a_name_at_the_same_time_shares_one_look_up()
    {
        var answers = Enumerable.Range(0, 100).Select(_ => AskAsync("hangs.test")).ToArray();
        await Until.TrueAsync(() => pending.ContainsKey("hangs.test"));
        pending["hangs.test"].SetResult([IPAddress.Loopback]);

        Assert.All(await Task.WhenAll(answers), answer => Assert.Equal([IPAddress.Loopback], answer));
        Assert.Single(asked);
    }

    [Fact]
    public async Task Of_thousands_of_addresses_the_first_few_are_kept()
    {
        var thousands = Enumerable.Range(0, 6_000).Select(static number => new IPAddress([10, 0, (byte)(number >> 8), (byte)number])).ToArray();
        var answer = AskAsync("hangs.test");
        await Until.TrueAsync(() => pending.ContainsKey("hangs.test"));
        pending["hangs.test"].SetResult(thousands);

        Assert.Equal(thousands[..NameResolver.MostAddresses], await answer);
    }

    [Fact]
    public async Task An_answer_holds_for_seconds_and_a_failure_for_one()
    {
        await AskAsync("found.test");
        await Assert.ThrowsAsync<SocketException>(() => AskAsync("missing.test"));
        await AskAsync("found.test");
        await Assert.ThrowsAsync<SocketException>(() => AskAsync("missing.test"));
        Assert.Equal(["found.test", "missing.test"], asked);

        time.Advance(NameResolver.FailureHolds);
        await AskAsync("found.test");
        await Assert.ThrowsAsync<SocketException>(() => AskAsync("missing.test"));
        Assert.Equal(["found.test", "missing.test", "missing.test"], asked);

        time.Advance(NameResolver.Holds);
        await AskAsync("found.test");
        Assert.Equal(4, asked.Count);
    }

    [Fact]
    public async Task Names_that_hang_keep_neither_known_names_nor_new_ones_from_being_resolved()
    {
        await AskAsync("known.test");
        var hanging = Enumerable.Range(0, LookupSlots.OfNew + LookupSlots.OfSlow).Select(number => AskAsync($"hangs-{number}.test")).ToArray();
        await Until.TrueAsync(() => pending.Count == LookupSlots.OfNew);
        var late = AskAsync("new.test");

        time.Advance(NameResolver.Holds);
        await AskAsync("known.test");

        // The late ones give way, eight at a time; what is left is fewer than may be under way.
        await Until.TrueAsync(() =>
        {
            time.Advance(LookupSlots.InTime);
            return pending.Count == LookupSlots.OfNew + LookupSlots.OfSlow;
        });
        Assert.False(late.IsCompleted);
        pending["hangs-0.test"].SetResult([]);
        await late;
        Assert.InRange(pending.Count, 0, LookupSlots.OfNew + LookupSlots.OfSlow);

        // Known to hang by now: they may fill half of the slots for such names.
        foreach (var (_, answer) in pending)
        {
            answer.TrySetResult([]);
        }

        await Task.WhenAll(hanging);
        pending.Clear();
        time.Advance(NameResolver.Holds);
        hanging = [.. Enumerable.Range(0, LookupSlots.OfNew + LookupSlots.OfSlow).Select(number => AskAsync($"hangs-{number}.test"))];
        await Until.TrueAsync(() => pending.Count >= LookupSlots.OfSlow / 2);
        await AskAsync("another.test");
        Assert.InRange(pending.Count, 0, LookupSlots.OfSlow / 2);
        while (!hanging.All(static answer => answer.IsCompleted))
        {
            foreach (var (_, answer) in pending)
            {
                answer.TrySetResult([]);
            }

            await Task.Yield();
        }
    }

    [Fact]
    public async Task A_look_up_that_nobody_waits_for_any_more_is_not_begun()
    {
        var hanging = Enumerable.Range(0, LookupSlots.OfNew).Select(number => AskAsync($"hangs-{number}.test")).ToArray();
        await Until.TrueAsync(() => pending.Count == LookupSlots.OfNew);
        using var patience = new CancellationTokenSource();
        var begun = false;
        var answer = names.ResolveAsync("queued.test", () => begun = true, patience.Token).AsTask();
        await patience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        foreach (var (_, one) in pending)
        {
            one.SetResult([]);
        }

        await Task.WhenAll(hanging);
        Assert.False(begun);
        Assert.DoesNotContain("queued.test", asked);
    }

    private Task<IPAddress[]> AskAsync(string host) => names.ResolveAsync(host, static () => { }, TestContext.Current.CancellationToken).AsTask();

    private Task<IPAddress[]> Resolve(string host, CancellationToken cancellation)
    {
        asked.Enqueue(host);
        return host switch
        {
            _ when host.StartsWith("hangs", StringComparison.Ordinal) =>
                pending.GetOrAdd(host, static _ => new TaskCompletionSource<IPAddress[]>(TaskCreationOptions.RunContinuationsAsynchronously)).Task,
            "missing.test" => throw new SocketException((int)SocketError.HostNotFound),
            _ => Task.FromResult(new[] { IPAddress.Loopback }),
        };
    }
}
