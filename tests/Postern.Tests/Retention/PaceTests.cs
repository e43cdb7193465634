using Postern.Retention;

namespace Postern.Tests.Retention;

public sealed class PaceTests
{
    [Theory]
    [InlineData(128, 0, 256)]
    [InlineData(128, 2.5, 256)]
    [InlineData(128, 5, 128)]
    [InlineData(128, 10, 64)]
    [InlineData(128, 1000, 16)]
    [InlineData(8192, 0.1, 8192)]
    public void A_step_grows_to_hold_the_store_for_5_ms_and_shrinks_at_once(int limit, double held, int next) =>
        Assert.Equal(next, Pace.Next(limit, TimeSpan.FromMilliseconds(held)));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(5, 95)]
    [InlineData(1000, 5000)]
    public void Steps_take_a_twentieth_of_the_time(double held, double pause) =>
        Assert.Equal(TimeSpan.FromMilliseconds(pause), Pace.PauseAfter(TimeSpan.FromMilliseconds(held)));

    [Theory]
    [InlineData(1, 1)]
    [InlineData(10 * 24, 60)]
    [InlineData(50, 30)]
    public void What_is_kept_longer_is_looked_at_less_often(double keepHours, double intervalMinutes) =>
        Assert.Equal(TimeSpan.FromMinutes(intervalMinutes), Pace.Interval(TimeSpan.FromHours(keepHours)));
}
