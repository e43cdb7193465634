using System.Diagnostics;

namespace Postern.EndToEnd.Harness;

/// <summary>Waits for conditions.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    public static Task TrueAsync(Func<bool> condition, string what, int seconds = 30) =>
        TrueAsync(() => Task.FromResult(condition()), () => what, seconds);

    public static Task TrueAsync(Func<bool> condition, Func<string> what, int seconds = 30) =>
        TrueAsync(() => Task.FromResult(condition()), what, seconds);

    /// <summary>Fails when the condition is not met in time; <paramref name="what"/> says what was waited for, and how far it was.</summary>
    public static async Task TrueAsync(Func<Task<bool>> condition, Func<string> what, int seconds = 30)
    {
        if (!await IsTrueAsync(condition, seconds))
        {
            Assert.Fail($"Not within {seconds} s: {what()}");
        }
    }

    /// <summary>Whether the condition is met in time.</summary>
    public static async Task<bool> IsTrueAsync(Func<Task<bool>> condition, int seconds)
    {
        var clock = Stopwatch.StartNew();
        while (!await condition())
        {
            if (clock.Elapsed.TotalSeconds > seconds)
            {
                return false;
            }

            await Task.Delay(Interval, TestContext.Current.CancellationToken);
        }

        return true;
    }

    /// <summary>Looks again and again for a while, and fails when it ever happens: what must not come has had every chance to.</summary>
    public static async Task NeverAsync(Func<bool> condition, Func<string> what, TimeSpan during)
    {
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < during)
        {
            Assert.False(condition(), what());
            await Task.Delay(Interval, TestContext.Current.CancellationToken);
        }
    }
}
