using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Postern.Callbacks.Hosts;
using Postern.Configuration;
using Postern.Configuration.Values;
using Postern.Egress;

namespace Postern.Tests.Callbacks;

/// <summary>What one host gets, whatever names it.</summary>
public sealed class HostLimitTests
{
    private static readonly IPAddress Elsewhere = IPAddress.Parse("127.0.0.2");

    [Fact]
    public async Task A_host_gets_its_rate_by_however_many_names_and_ports_it_is_called_and_no_other_host_waits()
    {
        const int Names = 100, Each = 2, PerSecond = 40, Burst = 4;
        var (clock, taken) = (Stopwatch.StartNew(), new ConcurrentQueue<TimeSpan>());
        await using RawReceiver one = Victim(), two = Victim(), other = new RawReceiver(Answer, address: Elsewhere);
        await using var rig = new CallbackRig(
            new CallbacksConfiguration { Hosts = new() { Rate = new Rate(PerSecond, TimeSpan.FromSeconds(1)), Burst = Burst } }, change: Alias);
        await rig.StartAsync();
        var bystander = rig.Subscribe($"http://bystander.example:{other.Port}/");
        var subscriptions = Enumerable.Range(0, Names).Select(index =>
            rig.Subscribe($"http://victim{index}.example:{(index % 2 == 0 ? one : two).Port}/")).ToList();

        await rig.PublishAsync([.. subscriptions.SelectMany(subscription => Enumerable.Range(0, Each).Select(_ => rig.Store.Owe(rig.AddEvent(), subscription)))]);
        await Until.TrueAsync(() => !taken.IsEmpty);
        await rig.CallAsync(bystander);
        await Until.TrueAsync(() => other.Requests.Count == 1);
        var before = taken.Count;
        await Until.TrueAsync(() => rig.Store.Owed == 0);

        Assert.InRange(before, 1, (Names * Each) - 1);
        var times = taken.ToArray();
        Assert.Equal(Names * Each, times.Length);
        for (var index = 0; index < times.Length; index++)
        {
            var most = Burst + (PerSecond * (times[index] - times[0] + TimeSpan.FromSeconds(0.25)).TotalSeconds) + 1;
            Assert.True(index + 1 <= most, $"{index + 1} callbacks within {times[index] - times[0]}");
        }

        // Bounded work: those who find nothing are spread, and do not all ask again for each that is let through.
        Assert.InRange(rig.Store.Results.Count, Names * Each, Names * Each * 4);

        RawReceiver Victim() => new(async (stream, request, cancellation) =>
        {
            taken.Enqueue(clock.Elapsed);
            await Answer(stream, request, cancellation);
        });
    }

    [Fact]
    public async Task A_host_has_no_more_attempts_under_way_than_it_may_have()
    {
        const int Names = 20, Most = 3;
        var (gate, running, most) = (new Lock(), 0, 0);
        await using var receiver = new RawReceiver(async (stream, _, cancellation) =>
        {
            lock (gate)
            {
                most = Math.Max(most, ++running);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, cancellation);
            lock (gate)
            {
                running--;
            }

            await Answer(stream, "", cancellation);
        });
        await using var rig = new CallbackRig(new CallbacksConfiguration { Hosts = new() { Concurrency = Most } }, change: Alias);
        await rig.StartAsync();

        foreach (var index in Enumerable.Range(0, Names))
        {
            await rig.CallAsync(rig.Subscribe($"http://victim{index}.example:{receiver.Port}/"));
        }

        await Until.TrueAsync(() => rig.Store.Owed == 0);
        Assert.Equal(Names, receiver.Requests.Count);
        Assert.InRange(most, 1, Most);
    }

    [Fact]
    public void An_address_is_counted_once_for_an_attempt_and_its_place_is_given_back()
    {
        var (limits, limit, victim) = (new HostLimits(TimeProvider.System), new LimitConfiguration { Concurrency = 1 }, IPAddress.Parse("192.0.2.1"));
        using var other = limits.Begin("b.example", limit);
        using (var one = limits.Begin("a.example", limit))
        {
            Assert.True(one.IsAdmitted && one.MayReach(victim) && one.MayReach(victim));
            Assert.False(other.MayReach(IPAddress.Parse("::ffff:192.0.2.1")));
            Assert.True(other.Wait > TimeSpan.Zero);
            Assert.False(limits.Begin("a.example", limit).IsAdmitted);
        }

        Assert.True(other.MayReach(victim));
    }

    [Fact]
    public void Those_who_wait_are_spread_as_fast_as_the_rate_lets_them_through()
    {
        var (limits, limit) = (new HostLimits(TimeProvider.System), new LimitConfiguration { Rate = new Rate(10, TimeSpan.FromSeconds(1)), Burst = 1 });
        limits.Begin("a.example", limit).Dispose();

        var waits = Enumerable.Range(0, 100).Select(_ => limits.Begin("a.example", limit).Wait).ToList();

        Assert.Equal(waits.Order(), waits);
        Assert.InRange(waits[^1].TotalSeconds, 8, 11);
    }

    private static Task Answer(Stream stream, string request, CancellationToken cancellation) =>
        stream.WriteAsync("HTTP/1.1 204 X\r\n\r\n"u8.ToArray(), cancellation).AsTask();

    // Each victim's name leads to one address, the bystander's to another of this host.
    private static void Alias(IServiceCollection services) => services.AddSingleton<ResolveAddresses>(static (name, _) => Task.FromResult<IPAddress[]>(
        [name.StartsWith("victim", StringComparison.Ordinal) ? IPAddress.Loopback : Elsewhere]));
}
