using Postern.Callbacks.Lanes;
using Postern.Callbacks.Outcomes;
using Postern.Callbacks.Sending;
using Postern.Egress;
using Postern.Model;
using Postern.Model.Retries;

namespace Postern.Tests.Callbacks;

/// <summary>The decision table, entry by entry: what the code says against what is written here by hand.</summary>
public sealed class OutcomeTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 6, 8, 49, 30, TimeSpan.Zero);
    private static readonly RetryPolicy Policy = RetryPolicy.Default;

    [Fact]
    public void Every_status_has_its_outcome()
    {
        for (var status = -1; status <= 1100; status++)
        {
            var expected = status switch
            {
                >= 200 and <= 299 => (typeof(CallbackOutcome.Delivered), typeof(CallbackOutcome.Delivered), LaneSignal.Good),
                410 => (typeof(CallbackOutcome.Gone), typeof(CallbackOutcome.Gone), LaneSignal.None),
                429 or 502 or 503 or 504 => (typeof(CallbackOutcome.RetryAt), typeof(CallbackOutcome.Dead), LaneSignal.Bad),
                _ => (typeof(CallbackOutcome.RetryAt), typeof(CallbackOutcome.Dead), LaneSignal.None),
            };

            var reply = Answer(status);
            Assert.Equal(expected, (After(reply, Now).GetType(), After(reply, Now.AddDays(-3)).GetType(), OutcomeTable.Of(reply).Lane));
        }
    }

    [Fact]
    public void Every_failure_without_a_response_is_tried_again_until_its_time_is_up_and_slows_the_lane_unless_it_is_ours()
    {
        foreach (var failure in Enum.GetValues<EgressFailure>().Where(failure => failure != EgressFailure.Withdrawn))
        {
            var reply = new Reply(null, null, default, new EgressFault(failure, "x"));
            Assert.Equal(Now.AddSeconds(5), Assert.IsType<CallbackOutcome.RetryAt>(After(reply, Now)).Due);
            Assert.IsType<CallbackOutcome.Dead>(After(reply, Now.AddDays(-3)));
            Assert.Equal(failure is EgressFailure.Gateway or EgressFailure.Shortage or EgressFailure.Busy ? LaneSignal.None : LaneSignal.Bad, OutcomeTable.Of(reply).Lane);
        }
    }

    [Fact]
    public void Every_row_decides_something()
    {
        var deciding = Enumerable.Range(0, 1000).Select(status => OutcomeTable.Of(Answer(status)))
            .Concat(Enum.GetValues<EgressFailure>().Where(failure => failure != EgressFailure.Withdrawn)
                .Select(failure => OutcomeTable.Of(new Reply(null, null, default, new EgressFault(failure, "x")))));

        Assert.Equal(OutcomeTable.Rows.ToHashSet(), deciding.ToHashSet());
    }

    [Fact]
    public void A_status_that_the_policy_does_not_retry_is_dead_at_once_and_says_so()
    {
        var policy = Policy with { NotStatuses = ["400", "3xx"] };

        Assert.Equal("The receiver answered 400. Its retry policy does not try that again.",
            Assert.IsType<CallbackOutcome.Dead>(Outcome.Of(Answer(400), 1, policy, Now, Now, 0.5)).Reason);
        Assert.IsType<CallbackOutcome.Dead>(Outcome.Of(Answer(307), 1, policy, Now, Now, 0.5));
        Assert.IsType<CallbackOutcome.RetryAt>(Outcome.Of(Answer(404), 1, policy, Now, Now, 0.5));
    }

    [Fact]
    public void What_a_policy_lists_changes_neither_a_success_nor_gone_nor_a_failure_without_a_response()
    {
        var policy = Policy with { Statuses = ["599"], NotStatuses = ["2xx", "410"] };

        Assert.IsType<CallbackOutcome.Delivered>(Outcome.Of(Answer(200), 1, policy, Now, Now, 0.5));
        Assert.IsType<CallbackOutcome.Gone>(Outcome.Of(Answer(410), 1, policy, Now, Now, 0.5));
        Assert.IsType<CallbackOutcome.RetryAt>(
            Outcome.Of(new Reply(null, null, default, new EgressFault(EgressFailure.Reset, "x")), 1, policy, Now, Now, 0.5));
    }

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    [InlineData(301)]
    [InlineData(413)]
    public void The_receivers_wish_is_obeyed_on_any_failure(int status) => Assert.Equal(
        Now.AddHours(1), Assert.IsType<CallbackOutcome.RetryAt>(After(new Reply(status, "3600", default, null), Now)).Due);

    [Fact]
    public void The_last_reason_says_how_long_it_was_tried_and_what_came_last() => Assert.Equal(
        "7 attempts failed in 72h. The last one: The receiver answered 500.",
        Assert.IsType<CallbackOutcome.Dead>(Outcome.Of(Answer(500), 7, Policy, Now.AddDays(-3), Now, 0.5)).Reason);

    [Fact]
    public void The_page_for_users_is_made_from_the_table() => CommittedFile.Matches("docs/reference/outcomes.md", OutcomesReference.Page());

    private static CallbackOutcome After(in Reply reply, DateTimeOffset since) => Outcome.Of(reply, 1, Policy, since, Now, 0.5);

    private static Reply Answer(int status) => new(status, null, default, null);
}
