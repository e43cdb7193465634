using CsCheck;
using Postern.Model;
using Postern.Model.Retries;

namespace Postern.Tests.Model.Retries;

public sealed class RetryTimeTests
{
    private static readonly DateTimeOffset Since = new(2026, 11, 6, 8, 49, 30, TimeSpan.Zero);

    private static readonly Gen<TimeSpan> Wait = Gen.Long[1, TimeSpan.TicksPerDay * 30].Select(TimeSpan.FromTicks);

    private static readonly Gen<RetryPolicy> Policies = Gen.Select(
        Wait.List[1, 20], Gen.Double[0, 1], Gen.Long[0, TimeSpan.TicksPerDay * 30].Select(TimeSpan.FromTicks),
        (waits, jitter, budget) => new RetryPolicy { Schedule = [TimeSpan.Zero, .. waits], Jitter = jitter, GiveUpAfter = budget });

    [Fact]
    public void A_retry_is_due_within_the_jitter_of_its_waiting_time_and_never_after_the_end() =>
        Gen.Select(Policies, Gen.Int[1, 60], Gen.Double[0, 1], Wait).Sample((policy, made, random, elapsed) =>
        {
            var now = Since + elapsed;
            var end = Since + policy.GiveUpAfter;
            var wait = policy.Schedule[Math.Min(made, policy.Schedule.Count - 1)];
            var slack = TimeSpan.FromTicks(1000);
            return RetryTime.Next(policy, made, Since, now, null, random) is { } due
                ? now < end && due >= now && due <= end && (due == end || (due >= now + wait * (1 - policy.Jitter) - slack && due <= now + wait * (1 + policy.Jitter) + slack))
                : now >= end;
        });

    [Fact]
    public void The_receivers_wish_is_undercut_by_nothing_but_the_end() =>
        Gen.Select(Policies, Gen.Double[0, 1], Gen.Long[1, 86_400]).Sample((policy, random, asked) =>
            RetryTime.Next(policy, 1, Since, Since, TimeSpan.FromSeconds(asked), random) is not { } due
                || due >= Since.AddSeconds(asked) || due == Since + policy.GiveUpAfter);

    [Fact]
    public void However_it_goes_the_last_attempt_is_made_exactly_at_the_end() =>
        Gen.Select(Policies.Where(policy => policy.Schedule.Skip(1).Min() > TimeSpan.FromMinutes(10) && policy.Jitter < 0.9), Gen.Double[0, 1]).Sample((policy, random) =>
        {
            var (made, at) = (1, Since);
            while (RetryTime.Next(policy, made, Since, at, null, random) is { } due)
            {
                (made, at) = (made + 1, due);
            }

            return at == Since + policy.GiveUpAfter;
        });

    [Fact]
    public void The_defaults_try_for_three_days_with_the_last_attempt_at_their_end()
    {
        var policy = RetryPolicy.Default;
        List<TimeSpan> attempts = [TimeSpan.Zero];
        while (RetryTime.Next(policy, attempts.Count, Since, Since + attempts[^1], null, 0.5) is { } due)
        {
            attempts.Add(due - Since);
        }

        Assert.Equal(
            ["00:00:00", "00:00:05", "00:05:05", "00:35:05", "02:35:05", "07:35:05", "17:35:05", "1.07:35:05", "2.03:35:05", "3.00:00:00"],
            attempts.Select(attempt => attempt.ToString()));
    }

    [Fact]
    public void The_last_waiting_time_of_a_schedule_repeats()
    {
        var policy = new RetryPolicy { Schedule = [TimeSpan.Zero, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1)], Jitter = 0 };

        Assert.Equal([1, 60, 60, 60], new[] { 1, 2, 3, 400 }.Select(made => policy.Wait(made).TotalSeconds));
    }

    [Fact]
    public void Backoff_grows_by_its_factor_up_to_its_longest_wait_and_never_overflows()
    {
        var policy = new RetryPolicy { Backoff = new RetryBackoff { Initial = TimeSpan.FromSeconds(10), Factor = 3, Max = TimeSpan.FromMinutes(2) } };

        Assert.Equal([10, 30, 90, 120, 120, 120], new[] { 1, 2, 3, 4, 5, int.MaxValue }.Select(made => policy.Wait(made).TotalSeconds));
    }

    [Fact]
    public void No_time_at_all_is_one_attempt() =>
        Assert.Null(RetryTime.Next(new RetryPolicy { GiveUpAfter = TimeSpan.Zero }, 1, Since, Since, null, 0.5));

    [Fact]
    public void A_callback_that_does_not_say_since_when_it_is_owed_counts_from_its_event()
    {
        Assert.Equal(Since, RetryBudget.Since(new DueCallback(1, 1, 1, 0), Since));
        Assert.Equal(Since.AddDays(1), RetryBudget.Since(new DueCallback(1, 1, 1, 0) { Since = Since.AddDays(1).ToUnixTimeMilliseconds() }, Since));
    }
}
