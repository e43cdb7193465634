using Postern.Callbacks.Lanes;
using Postern.Egress;

namespace Postern.Callbacks.Outcomes;

/// <summary>What an answer means for its callback.</summary>
internal enum Verdict
{
    Delivered,

    /// <summary>Tried again as long as the policy says, then dead.</summary>
    Retry,

    /// <summary>The subscription ends.</summary>
    Gone,
}

/// <summary>One row of the table of outcomes: which answers it holds for, what becomes of the callback, what the lane hears.</summary>
internal sealed record OutcomeRow(string Answer, Verdict Verdict, LaneSignal Lane, string Note)
{
    /// <summary>The statuses it holds for; null for a row without a response.</summary>
    public Range? Statuses { get; private init; }

    /// <summary>Why there is no response; null for a row with one.</summary>
    public EgressFailure? Failure { get; private init; }

    public static OutcomeRow Of(int from, int to, string answer, Verdict verdict, LaneSignal lane, string note) =>
        new(answer, verdict, lane, note) { Statuses = new Range(from, to + 1) };

    public static OutcomeRow Of(int status, string answer, Verdict verdict, LaneSignal lane, string note) => Of(status, status, answer, verdict, lane, note);

    public static OutcomeRow Of(EgressFailure failure, string answer, LaneSignal lane, string note) =>
        new(answer, Verdict.Retry, lane, note) { Failure = failure };
}
