using CsCheck;
using Postern.Callbacks;
using Postern.Configuration;
using Postern.Egress;
using Postern.Model;

namespace Postern.Tests.Callbacks;

public sealed class RetryTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 6, 8, 49, 30, TimeSpan.Zero);
    private static readonly CallbacksConfiguration Defaults = new();

    private static readonly Gen<TimeSpan> Wait = Gen.Long[0, TimeSpan.TicksPerDay * 30].Select(TimeSpan.FromTicks);

    [Fact]
    public void A_retry_is_due_within_the_jitter_of_its_waiting_time() =>
        Gen.Select(Wait.List[1, 50], Gen.Int[1, 60], Gen.Double[0, 1], Gen.Double[0, 1]).Sample((schedule, made, jitter, random) =>
        {
            var due = RetrySchedule.Next(schedule, made, jitter, random, Now, null);
            return made >= schedule.Count
                ? due is null
                : due >= Now && due >= Now + schedule[made] * (1 - jitter) - TimeSpan.FromTicks(1000)
                    && due <= Now + schedule[made] * (1 + jitter) + TimeSpan.FromTicks(1000);
        });

    [Fact]
    public void A_retry_is_never_due_earlier_than_the_receiver_asked() =>
        Gen.Select(Wait, Gen.Double[0, 1], Gen.Double[0, 1], Gen.Long[1, 86_400]).Sample((wait, jitter, random, asked) =>
            RetrySchedule.Next([TimeSpan.Zero, wait], 1, jitter, random, Now, TimeSpan.FromSeconds(asked)) >= Now.AddSeconds(asked));

    [Theory]
    [InlineData("0", 1)]
    [InlineData("1", 1)]
    [InlineData(" 120 ", 120)]
    [InlineData("86400", 86400)]
    [InlineData("86401", 86400)]
    [InlineData("99999999999999999999", 86400)]
    [InlineData("Fri, 06 Nov 2026 08:49:37 GMT", 7)]
    [InlineData("Friday, 06-Nov-26 08:49:37 GMT", 7)]
    [InlineData("Fri Nov  6 08:49:37 2026", 7)]
    [InlineData("Sun, 06 Nov 1994 08:49:37 GMT", 1)]
    [InlineData("Thu, 06 Nov 2036 08:49:37 GMT", 86400)]
    public void Retry_after_is_seconds_or_a_date_and_kept_within_bounds(string value, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), RetryAfter.Parse(value, Now));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("soon")]
    [InlineData("2026-11-06T08:49:37Z")]
    public void Anything_else_is_no_retry_after(string? value) => Assert.Null(RetryAfter.Parse(value, Now));

    [Fact]
    public void The_receivers_wish_is_obeyed_on_any_failure()
    {
        var outcome = Outcome.Of(new Reply(503, "3600", default, null), 1, Defaults, Now, 0.5);

        Assert.Equal(Now.AddHours(1), Assert.IsType<CallbackOutcome.RetryAt>(outcome).Due);
    }

    [Fact]
    public void Every_status_has_its_outcome()
    {
        for (var status = 0; status <= 999; status++)
        {
            var outcome = Outcome.Of(new Reply(status, null, default, null), 1, Defaults, Now, 0.5);
            var last = Outcome.Of(new Reply(status, null, default, null), Defaults.Schedule.Count, Defaults, Now, 0.5);
            var expected = status switch
            {
                >= 200 and < 300 => (typeof(CallbackOutcome.Delivered), typeof(CallbackOutcome.Delivered)),
                410 => (typeof(CallbackOutcome.Gone), typeof(CallbackOutcome.Gone)),
                _ => (typeof(CallbackOutcome.RetryAt), typeof(CallbackOutcome.Dead)),
            };
            Assert.Equal(expected, (outcome.GetType(), last.GetType()));
        }
    }

    [Fact]
    public void No_response_is_tried_again_after_the_schedules_next_waiting_time()
    {
        var outcome = Outcome.Of(new Reply(null, null, default, new EgressFault(EgressFailure.Dns, "x")), 1, Defaults, Now, 0.5);

        Assert.Equal(Now.AddSeconds(5), Assert.IsType<CallbackOutcome.RetryAt>(outcome).Due);
    }

    [Fact]
    public void The_window_stays_between_one_and_its_maximum_and_a_hanging_endpoint_comes_down_to_one() =>
        Gen.Select(Gen.Int[1, 1000], Gen.Int[0, 2].List[0, 200]).Sample((max, signals) =>
        {
            var window = LaneWindow.Initial;
            foreach (var signal in signals)
            {
                window = LaneWindow.Next(window, max, (LaneSignal)signal);
                if (window < 1 || window > max)
                {
                    return false;
                }
            }

            for (var failure = 0; failure < 10; failure++)
            {
                window = LaneWindow.Next(window, max, LaneSignal.Bad);
            }

            return window == 1;
        });

    [Theory]
    [InlineData(200, false, LaneSignal.Good)]
    [InlineData(200, true, LaneSignal.Bad)]
    [InlineData(400, false, LaneSignal.None)]
    [InlineData(500, false, LaneSignal.None)]
    [InlineData(429, false, LaneSignal.Bad)]
    [InlineData(503, false, LaneSignal.Bad)]
    [InlineData(null, false, LaneSignal.Bad)]
    internal void An_endpoint_that_is_too_busy_gets_fewer_at_a_time(int? status, bool stalled, LaneSignal expected)
    {
        EgressFault? fault = status is null ? new EgressFault(EgressFailure.Timeout, "x") : null;

        Assert.Equal(expected, LaneWindow.Signal(new Reply(status, null, default, fault), stalled));
    }
}
