using CsCheck;
using Postern.Callbacks.Lanes;
using Postern.Callbacks.Sending;
using Postern.Egress;
using Postern.Model;
using Postern.Model.Limits;

namespace Postern.Tests.Callbacks;

/// <summary>What lanes decide by.</summary>
public sealed class LaneRulesTests
{
    [Fact]
    public void A_bucket_gives_no_more_than_its_rate_and_its_burst() =>
        Gen.Select(Gen.Int[1, 5000], Gen.Int[0, 400].List[1, 300]).Sample((rate, pauses) =>
        {
            var (bucket, now, taken) = (new TokenBucket(), TimeSpan.FromHours(1), 0);
            bucket.Has(TokenRate.Even(rate), now);
            bucket.Empty(now);
            foreach (var pause in pauses)
            {
                now += TimeSpan.FromMilliseconds(pause);
                while (bucket.Has(TokenRate.Even(rate), now))
                {
                    bucket.Take();
                    taken++;
                }
            }

            return taken <= (rate * (now - TimeSpan.FromHours(1)).TotalSeconds) + TokenRate.Even(rate).Burst;
        });

    [Fact]
    public void A_bucket_that_is_empty_says_when_it_is_not() => Gen.Double[0.01, 10_000].Sample(rate =>
    {
        var (bucket, now) = (new TokenBucket(), TimeSpan.FromHours(1));
        bucket.Empty(now);
        var next = bucket.Next(TokenRate.Even(rate), now);
        return !bucket.Has(TokenRate.Even(rate), now) && next > now && (rate < 0.001 || bucket.Has(TokenRate.Even(rate), next + TimeSpan.FromMilliseconds(1)));
    });

    [Fact]
    public void A_changed_rate_fills_nothing_up()
    {
        var (bucket, now) = (new TokenBucket(), TimeSpan.FromHours(1));
        bucket.Empty(now);

        Assert.False(bucket.Has(TokenRate.Even(100_000), now));
        Assert.False(bucket.Has(TokenRate.Even(1), now));
    }

    [Fact]
    public void The_ramp_doubles_each_second_until_it_holds_nothing_back()
    {
        Assert.Equal(16, LaneRamp.Rate(TimeSpan.Zero));
        Assert.Equal(16, LaneRamp.Rate(TimeSpan.FromSeconds(0.9)));
        Assert.Equal(64, LaneRamp.Rate(TimeSpan.FromSeconds(2)));
        Assert.Equal(double.PositiveInfinity, LaneRamp.Rate(TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public void A_breaker_lets_one_probe_through_after_each_pause_and_pauses_longer_each_time() =>
        Gen.Double[0, 1].List[1, 30].Sample(randoms =>
        {
            var (breaker, now) = (default(LaneBreaker), TimeSpan.FromHours(1));
            for (var failure = 0; failure < LaneBreaker.Threshold; failure++)
            {
                breaker = breaker.Failed(now, probe: false, narrow: true, asked: null, 0.5);
            }

            foreach (var random in randoms)
            {
                Assert.Equal(BreakerState.Open, breaker.State);
                Assert.InRange(breaker.Until - now, TimeSpan.FromSeconds(1), LaneBreaker.LongestPause);
                Assert.False(breaker.Allows(breaker.Until - TimeSpan.FromTicks(1)));
                Assert.True(breaker.Allows(breaker.Until));
                now = breaker.Until;
                breaker = breaker.Probe();
                Assert.False(breaker.Allows(now + TimeSpan.FromDays(1)));
                Assert.Equal(breaker, breaker.Failed(now, probe: false, narrow: true, asked: null, random));
                Assert.True(breaker.Withdraw().Allows(now));
                breaker = breaker.Failed(now, probe: true, narrow: true, asked: null, random);
            }
        });

    [Fact]
    public void A_breaker_opens_neither_for_a_few_failures_nor_for_many_of_one_moment()
    {
        var (breaker, now) = (default(LaneBreaker), TimeSpan.FromHours(1));
        for (var failure = 0; failure < LaneBreaker.Threshold - 1; failure++)
        {
            breaker = breaker.Failed(now, false, narrow: true, null, 0.5);
        }

        Assert.Equal(BreakerState.Closed, breaker.State);
        Assert.Equal(BreakerState.Closed, breaker.Failed(now, false, narrow: false, null, 0.5).State);
        Assert.Equal(BreakerState.Open, breaker.Failed(now, false, narrow: true, null, 0.5).State);
        Assert.Equal(BreakerState.Open, breaker.Failed(now + LaneBreaker.Span, false, narrow: false, null, 0.5).State);
    }

    [Theory]
    [InlineData(20, 20)]
    [InlineData(86_400, 300)]
    public void A_wish_to_be_left_alone_pauses_the_lane_at_once_but_not_for_ever(int asked, int paused)
    {
        var now = TimeSpan.FromHours(1);
        var breaker = default(LaneBreaker).Failed(now, false, narrow: false, TimeSpan.FromSeconds(asked), 0.5);

        Assert.Equal((BreakerState.Open, now + TimeSpan.FromSeconds(paused)), (breaker.State, breaker.Until));
    }

    [Fact]
    public void A_window_grows_while_answers_take_as_long_as_ever_and_shrinks_when_they_take_longer()
    {
        var (window, latency) = (1, default(LaneLatency));
        for (var answer = 0; answer < 200; answer++)
        {
            (window, latency) = latency.Add(TimeSpan.FromMilliseconds(50)).Next(window, 64);
        }

        Assert.Equal(64, window);
        for (var answer = 0; answer < 100; answer++)
        {
            (window, latency) = latency.Add(TimeSpan.FromSeconds(2)).Next(window, 64);
        }

        Assert.InRange(window, 1, 32);
    }

    [Fact]
    public void Noise_of_a_few_milliseconds_does_not_narrow_a_window() =>
        Gen.Int[1, 15].List[1, 300].Sample(milliseconds =>
        {
            var (window, latency) = (1, default(LaneLatency));
            foreach (var took in milliseconds)
            {
                (window, latency) = latency.Add(TimeSpan.FromMilliseconds(took)).Next(window, 64);
            }

            return window == Math.Min(64, milliseconds.Count + 1);
        });

    [Fact]
    public void No_consumer_and_no_crowd_of_suspects_takes_the_slots_of_others() =>
        Gen.Select(Gen.Int[4, 200], Gen.Select(Gen.Int[0, 4], Gen.Bool, Gen.Bool).List[1, 2000]).Sample((count, moves) =>
        {
            var (free, suspected) = (count, 0);
            var (held, sick) = (new int[5], new int[5]);
            foreach (var (consumer, suspect, gives) in moves)
            {
                if (gives && (suspect ? sick[consumer] : held[consumer] - sick[consumer]) > 0)
                {
                    (free, held[consumer]) = (free + 1, held[consumer] - 1);
                    (suspected, sick[consumer]) = suspect ? (suspected - 1, sick[consumer] - 1) : (suspected, sick[consumer]);
                }
                else if (LaneSlots.May(count, free, held[consumer], suspected, sick[consumer], suspect))
                {
                    (free, held[consumer]) = (free - 1, held[consumer] + 1);
                    (suspected, sick[consumer]) = suspect ? (suspected + 1, sick[consumer] + 1) : (suspected, sick[consumer]);
                }

                if (free < 0 || suspected > count / 2 || held.Max() > (count / 2) + 1)
                {
                    return false;
                }
            }

            return true;
        });

    [Fact]
    public void Queues_that_take_all_they_may_stay_within_the_budget_and_leave_each_its_floor() => Gen.Int[1, 2000].Sample(queues =>
    {
        var used = 0;
        for (var queue = 0; queue < queues; queue++)
        {
            var share = LaneMemory.ShareOf(used);
            Assert.InRange(share, LaneMemory.Floor, LaneMemory.Cap);
            used += share;
        }

        return used <= LaneMemory.Budget + (queues * LaneMemory.Floor);
    });

    [Theory]
    [InlineData("120", 2.0)]
    [InlineData(" 60 ", 1.0)]
    [InlineData("*", double.PositiveInfinity)]
    [InlineData("0", null)]
    [InlineData("-3", null)]
    [InlineData("many", null)]
    [InlineData(null, null)]
    public void The_rate_that_a_receiver_grants_is_per_minute(string? header, double? perSecond) => Assert.Equal(perSecond, LaneAnswer.ParseRate(header));

    [Fact]
    public void What_the_gateway_itself_could_not_make_says_nothing_about_the_endpoint() =>
        Assert.Null(LaneAnswer.Of(new Reply(null, null, default, new EgressFault(EgressFailure.Gateway, "")), LaneSignal.Bad, TimeSpan.Zero, DateTimeOffset.UnixEpoch, null).Up);
}
