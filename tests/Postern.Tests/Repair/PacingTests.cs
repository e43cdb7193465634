using CsCheck;
using Postern.Repair;

namespace Postern.Tests.Repair;

public sealed class PacingTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 1)]
    [InlineData(200, 50)]
    [InlineData(2_000, 500)]
    [InlineData(10_000, 500)]
    public void A_step_is_a_quarter_of_a_second_and_never_too_much_for_one_commit(int rate, int size) => Assert.Equal(size, Pacing.StepSize(rate));

    [Fact]
    public void A_slow_step_is_made_up_for_and_a_standstill_is_not()
    {
        var due = TimeSpan.FromSeconds(10);
        Assert.Equal(TimeSpan.FromSeconds(10.25), Pacing.Next(due, TimeSpan.FromSeconds(10.2), 50, 200));
        Assert.Equal(TimeSpan.FromSeconds(10.25), Pacing.Next(due, TimeSpan.FromSeconds(10.4), 50, 200));
        Assert.Equal(TimeSpan.FromSeconds(99), Pacing.Next(due, TimeSpan.FromSeconds(99), 50, 200));
    }

    [Fact]
    public void A_step_that_found_nothing_is_followed_at_once() =>
        Assert.Equal(TimeSpan.FromSeconds(12), Pacing.Next(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(12), 0, 200));

    /// <summary>However long steps take: in no stretch of time is more owed again than its rate allows, and two steps.</summary>
    [Fact]
    public void The_rate_is_never_exceeded_by_more_than_two_steps() =>
        Gen.Select(Gen.Int[1, 10_000], Gen.Double[0, 2].Array[1, 60]).Sample((rate, delays) =>
        {
            var size = Pacing.StepSize(rate);
            var (due, now) = (TimeSpan.Zero, TimeSpan.Zero);
            var starts = new List<TimeSpan>();
            foreach (var delay in delays)
            {
                now = now > due ? now : due;
                starts.Add(now);
                now += TimeSpan.FromSeconds(delay);
                due = Pacing.Next(due, now, size, rate);
            }

            for (var first = 0; first < starts.Count; first++)
            {
                for (var last = first; last < starts.Count; last++)
                {
                    var allowed = (starts[last] - starts[first]).TotalSeconds * rate + 2 * size;
                    Assert.True((last - first + 1) * size <= allowed + 0.001, $"{last - first + 1} steps of {size} in {starts[last] - starts[first]} at {rate}/s.");
                }
            }
        });
}
