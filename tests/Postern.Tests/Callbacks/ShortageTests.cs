using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Postern.Callbacks.Lanes;
using Postern.Callbacks.Outcomes;
using Postern.Configuration;
using Postern.Egress;
using Postern.Model;
using Postern.Model.Retries;

namespace Postern.Tests.Callbacks;

/// <summary>What the gateway itself is short of is not held against the endpoint.</summary>
public sealed class ShortageTests
{
    [Fact]
    public async Task A_callback_that_finds_no_socket_waits_a_little_and_spends_no_attempt()
    {
        // A policy without a second attempt: one that was spent would be the end.
        var once = new CallbacksConfiguration { Retry = new RetrySettings { Schedule = [TimeSpan.Zero], Jitter = 0 } };
        var bound = new SocketBound(1);
        bound.Take();
        var asked = 0;
        await using var receiver = RawReceiver.Answering(204);
        await using var rig = new CallbackRig(once, change: services => services.AddSingleton<ResolveAddresses>((_, _) =>
        {
            if (Interlocked.Increment(ref asked) == 1)
            {
                bound.Take();
            }

            return Task.FromResult(new[] { IPAddress.Loopback });
        }));
        await rig.StartAsync();
        await rig.CallAsync(rig.Subscribe(receiver.Url.Replace("127.0.0.1", "receiver.test", StringComparison.Ordinal)));

        var results = await rig.ResultsAsync(2);

        Assert.Null(results[0].Attempt);
        Assert.IsType<CallbackOutcome.RetryAt>(results[0].Outcome);
        Assert.Equal(AttemptOutcome.Delivered, results[1].Attempt!.Outcome);
        Assert.Equal("closed", Assert.Single(rig.Board.Read()).Breaker);
    }

    [Fact]
    public void Sockets_are_bounded_and_given_back()
    {
        var bound = new SocketBound(8);
        for (var taken = 0; taken < 7; taken++)
        {
            Assert.False(bound.IsTight);
            bound.Take();
        }

        Assert.True(bound.IsTight);
        bound.Take();
        Assert.Equal(EgressFailure.Shortage, Assert.Throws<EgressException>(bound.Take).Failure);
        bound.Release();
        bound.Take();
    }

    [Theory]
    [InlineData(int.MaxValue, EndpointLanes.MaxAttempts)]
    [InlineData(306, 38)]
    [InlineData(2, 2)]
    public void Attempts_under_way_are_bounded_by_the_sockets_there_may_be(int sockets, int attempts) =>
        Assert.Equal(attempts, EndpointLanes.AttemptsWith(sockets));
}
