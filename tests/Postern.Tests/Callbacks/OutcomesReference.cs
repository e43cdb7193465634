using System.Text;
using Postern.Callbacks.Lanes;
using Postern.Callbacks.Outcomes;
using Postern.Model.Retries;

namespace Postern.Tests.Callbacks;

/// <summary>The page of the reference that is made from the table of outcomes.</summary>
internal static class OutcomesReference
{
    public static string Page()
    {
        var page = new StringBuilder(
            """
            # What becomes of a callback

            This page is made from the table that the program decides by. A *retry* is made as the policy of the subscription says, until
            its time is up; then the callback is *dead*: kept, and sent again by a replay. **slower** means that the endpoint gets fewer
            callbacks at a time from then on; each one that it takes gives it one more.

            ## A response

            Where two rows hold, the lower one counts. `statuses` and `notStatuses` of the policy turn a *retry* into *dead* at once.

            | status | the callback | its endpoint | |
            |---|---|---|---|

            """);
        Append(page, OutcomeTable.Rows.Where(row => row.Statuses is not null));
        page.Append(
            """

            ## No response

            Always tried again: whatever it was, it says nothing about the event.

            | what happened | the callback | its endpoint | |
            |---|---|---|---|

            """);
        Append(page, OutcomeTable.Rows.Where(row => row.Failure is not null));
        return page.Append(
            $"""

            ## Nothing sent

            Where [the API is asked](../guide/configuring.md#may-the-consumer-read-it), a record that the consumer may not read is *withheld*: the
            callback ends, its endpoint is as before. While the API does not say, the callback waits, and no attempt is spent.

            ## When the next attempt is made

            After the waiting time that the policy has for it, varied by `jitter`, and not before the `Retry-After` of a response (seconds
            or a date; 1 s at least, 24 h at most). What would come after the end of `giveUpAfter` comes at its end: that attempt is the last.
            By default: {string.Join(", ", RetryPolicy.Default.Schedule.Select(Postern.Configuration.Values.Durations.Show))}, then every
            {Postern.Configuration.Values.Durations.Show(RetryPolicy.Default.Schedule[^1])}, for {RetryPolicy.Default.GiveUpAfter.TotalDays:0} days.

            """).ToString();
    }

    private static void Append(StringBuilder page, IEnumerable<OutcomeRow> rows)
    {
        foreach (var row in rows)
        {
            page.Append($"| {row.Answer} | {Say(row.Verdict)} | {Say(row.Lane)} | {row.Note} |\n");
        }
    }

    private static string Say(Verdict verdict) => verdict switch
    {
        Verdict.Delivered => "delivered",
        Verdict.Gone => "gone: its subscription ends",
        _ => "retry",
    };

    private static string Say(LaneSignal signal) => signal switch
    {
        LaneSignal.Good => "faster",
        LaneSignal.Bad => "slower",
        _ => "as before",
    };
}
