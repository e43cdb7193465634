using Postern.Callbacks.Health;
using Postern.Callbacks.Outcomes;
using Postern.Configuration;
using Postern.Model;
using Postern.Model.Retries;
using Postern.Operations.Announcements;

namespace Postern.Tests.Callbacks.Health;

public sealed class HealthRuleTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly CallbacksConfiguration Usual = new();

    [Fact]
    public void A_success_of_a_subscription_that_is_well_changes_nothing() => Assert.Equal(default, Judge(null, AttemptOutcome.Delivered, TimeSpan.Zero));

    [Fact]
    public void The_first_failure_begins_the_failing_and_tells_nobody_yet()
    {
        var verdict = Judge(null, AttemptOutcome.Retry, TimeSpan.Zero);

        Assert.Equal(Start, verdict.After!.Since);
        Assert.Equal("The receiver answered 500.", verdict.After.Error);
        Assert.Equal(verdict.After, Assert.IsType<HealthChange.Fails>(verdict.Change).Failing);
        Assert.Null(verdict.Told);
    }

    [Fact]
    public void With_no_patience_the_first_failure_is_told() =>
        Assert.Equal(AnnouncementType.Failing, Judge(null, AttemptOutcome.Dead, TimeSpan.Zero, Usual with { UnhealthyAfter = TimeSpan.Zero }).Told);

    [Theory]
    [InlineData(AttemptOutcome.Retry)]
    [InlineData(AttemptOutcome.Dead)]
    public void Every_kind_of_failure_counts(AttemptOutcome outcome) => Assert.IsType<HealthChange.Fails>(Judge(null, outcome, TimeSpan.Zero).Change);

    [Fact]
    public void A_410_says_nothing_about_health_that_the_state_does_not_say()
    {
        var failing = Fail(null, TimeSpan.Zero);

        Assert.Equal(new HealthVerdict(failing, null, null), Judge(failing, AttemptOutcome.Gone, TimeSpan.FromDays(9)));
        Assert.Equal(default, Judge(null, AttemptOutcome.Gone, TimeSpan.Zero));
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(299, false)]
    [InlineData(300, true)]
    [InlineData(86_400, true)]
    public void A_recovery_is_told_when_it_had_failed_for_long_enough(int seconds, bool told)
    {
        var verdict = Judge(Fail(null, TimeSpan.Zero), AttemptOutcome.Delivered, TimeSpan.FromSeconds(seconds));

        Assert.Null(verdict.After);
        Assert.IsType<HealthChange.Recovered>(verdict.Change);
        Assert.Equal(told ? AnnouncementType.Recovered : null, verdict.Told);
    }

    [Fact]
    public void Failing_is_told_once_by_the_first_failure_that_is_late_enough()
    {
        var first = Fail(null, TimeSpan.Zero);
        var early = Judge(first, AttemptOutcome.Retry, TimeSpan.FromSeconds(299));
        var late = Judge(early.After, AttemptOutcome.Retry, TimeSpan.FromSeconds(300));
        var later = Judge(late.After, AttemptOutcome.Retry, TimeSpan.FromSeconds(301));

        Assert.Null(early.Change);
        Assert.Equal(AnnouncementType.Failing, late.Told);
        Assert.True(Assert.IsType<HealthChange.StillFails>(late.Change).Failing.Announced);
        Assert.Equal((null, null), (later.Told, later.Change));
    }

    [Fact]
    public void The_store_is_written_a_few_times_a_day_whatever_the_number_of_failures()
    {
        var (failing, written) = ((Failing?)null, 0);
        for (var second = 0; second < 86_400; second += 10)
        {
            var verdict = Judge(failing, AttemptOutcome.Retry, TimeSpan.FromSeconds(second));
            (failing, written) = (verdict.After, written + (verdict.Change is null ? 0 : 1));
        }

        // The first, the one that is told, and one every six hours.
        Assert.Equal(5, written);
        Assert.Equal(4, failing!.Moments);
    }

    [Fact]
    public void It_is_disabled_by_the_first_failure_after_five_days_of_failing()
    {
        var failing = FailEvery(TimeSpan.FromHours(1), TimeSpan.FromHours(120) - TimeSpan.FromSeconds(1));
        var verdict = Judge(failing, AttemptOutcome.Retry, TimeSpan.FromHours(120));

        var disabled = Assert.IsType<HealthChange.Disabled>(verdict.Change);
        Assert.Null(verdict.After);
        Assert.Equal(AnnouncementType.Disabled, verdict.Told);
        Assert.Contains("2026-01-01 00:00:00Z to 2026-01-06 00:00:00Z failed", disabled.Reason, StringComparison.Ordinal);
        Assert.Contains("The receiver answered 500.", disabled.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_burst_and_one_failure_after_five_idle_days_disable_nothing()
    {
        var failing = FailEvery(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(2));
        var verdict = Judge(failing, AttemptOutcome.Retry, TimeSpan.FromDays(6));

        Assert.IsType<HealthChange.StillFails>(verdict.Change);
        Assert.Equal((Start, Start + TimeSpan.FromDays(6), 1), (verdict.After!.Since, verdict.After.Steady, verdict.After.Moments));
    }

    [Fact]
    public void One_schedule_of_attempts_and_the_next_event_a_week_later_disable_nothing()
    {
        Failing? failing = null;
        var at = TimeSpan.Zero;
        foreach (var wait in RetryPolicy.Default.Schedule)
        {
            failing = Fail(failing, at += wait);
        }

        Assert.Equal(1, Fail(failing, TimeSpan.FromDays(7))!.Moments);
    }

    [Fact]
    public void Few_failures_that_lie_far_apart_are_not_enough()
    {
        var failing = FailEvery(TimeSpan.FromHours(55), TimeSpan.FromHours(111));

        Assert.Equal(3, failing.Moments);
        Assert.IsType<HealthChange.StillFails>(Judge(failing, AttemptOutcome.Retry, TimeSpan.FromHours(125)).Change);
    }

    [Fact]
    public void Never_is_never()
    {
        var configuration = Usual with { DisableAfter = null };

        var failing = FailEvery(TimeSpan.FromHours(10), TimeSpan.FromDays(300), configuration);

        Assert.Equal(Start, failing.Since);
        Assert.Null(Judge(failing, AttemptOutcome.Retry, TimeSpan.FromDays(300), configuration).Change as HealthChange.Disabled);
    }

    [Fact]
    public void A_shorter_limit_in_the_configuration_holds_at_the_next_failure()
    {
        var failing = FailEvery(TimeSpan.FromMinutes(10), TimeSpan.FromHours(30));

        Assert.IsType<HealthChange.Disabled>(Judge(failing, AttemptOutcome.Retry, TimeSpan.FromHours(31), Usual with { DisableAfter = TimeSpan.FromHours(24) }).Change);
    }

    [Fact]
    public void Attempts_that_end_out_of_order_and_clocks_that_are_set_back_move_nothing_back()
    {
        var failing = Fail(Fail(null, TimeSpan.FromHours(2)), TimeSpan.FromHours(1))!;

        Assert.Equal((Start + TimeSpan.FromHours(2), Start + TimeSpan.FromHours(2)), (failing.Since, failing.Last));
    }

    private static Failing FailEvery(TimeSpan step, TimeSpan until, CallbacksConfiguration? configuration = null)
    {
        Failing? failing = null;
        for (var at = TimeSpan.Zero; at < until; at += step)
        {
            failing = Fail(failing, at, configuration) ?? throw new InvalidOperationException($"Disabled after {at}.");
        }

        return failing!;
    }

    private static Failing? Fail(Failing? before, TimeSpan at, CallbacksConfiguration? configuration = null) =>
        Judge(before, AttemptOutcome.Retry, at, configuration).After;

    private static HealthVerdict Judge(Failing? before, AttemptOutcome outcome, TimeSpan at, CallbacksConfiguration? configuration = null) => HealthRule.Judge(
        before,
        new Attempt
        {
            At = Start + at, Outcome = outcome, Duration = TimeSpan.Zero, Status = outcome == AttemptOutcome.Delivered ? 204 : 500,
            Error = outcome == AttemptOutcome.Delivered ? null : "The receiver answered 500.",
        },
        configuration ?? Usual);
}
