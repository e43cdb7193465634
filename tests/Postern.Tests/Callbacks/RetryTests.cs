using CsCheck;
using Postern.Callbacks.Lanes;
using Postern.Callbacks.Outcomes;
using Postern.Callbacks.Sending;
using Postern.Egress;

namespace Postern.Tests.Callbacks;

public sealed class RetryTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 6, 8, 49, 30, TimeSpan.Zero);

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
