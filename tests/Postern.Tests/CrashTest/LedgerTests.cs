using Postern.Server.CrashTest;

namespace Postern.Tests.CrashTest;

/// <summary>The checker is checked: books that hold are found to hold, and each kind of fault, planted, is found.</summary>
public sealed class LedgerTests
{
    private const Marks Good = Marks.Signed | Marks.Intact | Marks.Accepted;

    private readonly List<Entry> intents = [];
    private readonly List<Entry> acknowledgements = [];
    private readonly List<Entry> receipts = [];
    private readonly Violations violations = new();

    [Fact]
    public void Books_that_agree_hold()
    {
        Publish(1, 40);
        Subscribe(0, EventClass.All);
        Deliver(0, 1, 40);

        var totals = Check();

        Assert.True(violations.None);
        Assert.Equal((40, 40, 40, 0), (totals.Acknowledged, totals.Owed, totals.Delivered, totals.Duplicates));
    }

    [Fact]
    public void An_acknowledged_event_that_never_came_is_lost()
    {
        Publish(1, 40);
        Subscribe(0, EventClass.All);
        Deliver(0, 1, 16);
        Deliver(0, 18, 23);

        Check();

        AssertOnly(ViolationKind.Lost, "event 17 at subscription 0");
    }

    [Fact]
    public void An_event_that_was_refused_to_the_end_is_lost()
    {
        Publish(1, 1);
        Subscribe(0, EventClass.All);
        Receive(0, 1, Marks.Signed | Marks.Intact);

        Check();

        AssertOnly(ViolationKind.Lost, "event 1 at subscription 0");
    }

    [Fact]
    public void An_event_that_was_not_acknowledged_may_be_delivered_or_not()
    {
        Publish(1, 3, acknowledge: false);
        Subscribe(0, EventClass.All);
        Deliver(0, 2, 1);

        Check();

        Assert.True(violations.None);
    }

    [Fact]
    public void A_subscription_is_owed_its_own_classes_and_only_what_came_after_it()
    {
        Publish(1, 40);
        Subscribe(0, 1 << 3, from: 21, notBefore: 10);
        Deliver(0, 23, 1);

        Assert.Equal(1, Check().Owed);
        Assert.True(violations.None);
    }

    [Theory]
    [InlineData(41u, "nobody published it")]
    [InlineData(4u, "it is of another class")]
    [InlineData(3u, "it was acknowledged before the subscription was asked for")]
    public void An_event_that_should_not_be_there_is_invented(uint number, string why)
    {
        Publish(1, 40);
        Subscribe(0, 1 << 3, from: 21, notBefore: 10);
        Deliver(0, 23, 1);
        Deliver(0, number, 1);

        Check();

        Assert.True(violations.Count(ViolationKind.Invented) == 1, why);
    }

    [Fact]
    public void A_callback_to_a_subscription_that_nobody_made_is_invented()
    {
        Publish(1, 1);
        Deliver(9, 1, 1);

        Check();

        AssertOnly(ViolationKind.Invented, "event 1 at subscription 9");
    }

    [Fact]
    public void Captured_events_go_to_those_who_want_captured_ones()
    {
        Publish(1, 2, captured: true);
        Subscribe(0, EventClass.Captured);
        Subscribe(1, EventClass.All);
        Deliver(0, 1, 2);
        Deliver(1, 2, 1);

        Check();

        AssertOnly(ViolationKind.Invented, "event 2 at subscription 1");
    }

    [Fact]
    public void Duplicates_within_what_was_in_flight_at_a_crash_are_allowed()
    {
        Publish(1, 40);
        Subscribe(0, EventClass.All);
        Deliver(0, 1, 10);
        Crash(inFlight: 2);
        Deliver(0, 9, 32);

        var totals = Check();

        Assert.True(violations.None);
        Assert.Equal((2, 2), (totals.Duplicates, totals.DuplicatesAllowed));
    }

    [Fact]
    public void Duplicates_beyond_what_was_in_flight_are_too_many()
    {
        Publish(1, 40);
        Subscribe(0, EventClass.All);
        Deliver(0, 1, 10);
        Crash(inFlight: 2);
        Deliver(0, 8, 33);

        Check();

        AssertOnly(ViolationKind.Duplicate, "3 taken by endpoint Steady before crash 1 came again; it explains 2");
    }

    [Fact]
    public void A_duplicate_without_a_crash_between_is_one_too_many_whatever_the_bound()
    {
        Publish(1, 1);
        Subscribe(0, EventClass.All);
        Crash(inFlight: 100);
        Deliver(0, 1, 1);
        Deliver(0, 1, 1);

        Check();

        AssertOnly(ViolationKind.Duplicate, "event 1 at subscription 0 twice, with no crash between");
    }

    [Fact]
    public void A_retry_after_a_refusal_is_no_duplicate()
    {
        Publish(1, 1);
        Subscribe(0, EventClass.All);
        Receive(0, 1, Marks.Signed | Marks.Intact);
        Deliver(0, 1, 1);

        Assert.Equal(0, Check().Duplicates);
        Assert.True(violations.None);
    }

    [Fact]
    public void What_comes_again_after_the_gateway_gave_up_is_a_retry_and_no_duplicate()
    {
        Publish(1, 2);
        Subscribe(0, EventClass.All);
        Receive(0, 1, Good | Marks.GivenUp);
        Deliver(0, 1, 2);

        Assert.Equal((0, 1), (Check().Duplicates, Check().Timeouts));
        Assert.True(violations.None);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_answer_that_went_out_too_late_explains_one_retry_whichever_is_written_down_first(bool lateFirst)
    {
        Publish(1, 1);
        Subscribe(0, EventClass.All);
        Deliver(0, 1, 1);
        if (lateFirst)
        {
            Late(0, 1);
            Deliver(0, 1, 1);
        }
        else
        {
            Deliver(0, 1, 1);
            Late(0, 1);
        }

        Assert.Equal((0, 1), (Check().Duplicates, Check().Timeouts));
        Assert.True(violations.None);

        Deliver(0, 1, 1);
        Check();
        AssertOnly(ViolationKind.Duplicate, "event 1 at subscription 0 twice, with no crash between");
    }

    [Fact]
    public void A_late_answer_to_one_event_explains_no_duplicate_of_another()
    {
        Publish(1, 2);
        Subscribe(0, EventClass.All);
        Receive(0, 1, Good | Marks.GivenUp);
        Deliver(0, 1, 2);
        Deliver(0, 2, 1);

        Check();

        AssertOnly(ViolationKind.Duplicate, "event 2 at subscription 0 twice, with no crash between");
    }

    [Fact]
    public void A_crash_explains_only_what_was_taken_in_the_life_that_it_ended()
    {
        Publish(1, 40);
        Subscribe(0, EventClass.All);
        Deliver(0, 1, 10);
        Crash(inFlight: 2);
        Deliver(0, 11, 10);
        Crash(inFlight: 2);
        Crash(inFlight: 2);
        Deliver(0, 1, 3);
        Deliver(0, 19, 22);

        Assert.Equal((5, 4), (Check().Duplicates, Check().DuplicatesAllowed));
        Assert.Equal("3 taken by endpoint Steady before crash 1 came again; it explains 2", violations.All[0].First[0]);
    }

    [Fact]
    public void Each_endpoint_has_its_own_bound()
    {
        Publish(1, 10);
        Subscribe(0, EventClass.All);
        Subscribe(1, EventClass.All, endpoint: EndpointKind.Slow);
        Deliver(0, 1, 10);
        Deliver(1, 1, 10);
        Crash(inFlight: 2);
        Deliver(1, 1, 3);

        Check();

        AssertOnly(ViolationKind.Duplicate, "3 taken by endpoint Slow before crash 1 came again; it explains 2");
    }

    [Fact]
    public void A_duplicate_that_is_refused_is_tried_again_and_counted_once()
    {
        Publish(1, 1);
        Subscribe(0, EventClass.All);
        Deliver(0, 1, 1);
        Crash(inFlight: 1);
        Receive(0, 1, Marks.Signed | Marks.Intact);
        Deliver(0, 1, 1);

        Assert.Equal((1, 1), (Check().Duplicates, Check().DuplicatesAllowed));
        Assert.True(violations.None);
    }

    [Fact]
    public void What_was_asked_for_again_is_no_duplicate()
    {
        Publish(1, 1);
        Subscribe(0, EventClass.All, marks: Marks.Replayed);
        Deliver(0, 1, 1);
        Deliver(0, 1, 1);

        Check();

        Assert.True(violations.None);
    }

    [Fact]
    public void A_wrong_signature_is_found()
    {
        Publish(1, 1);
        Subscribe(0, EventClass.All);
        Deliver(0, 1, 1);
        Receive(0, 1, Marks.Intact);

        Check();

        AssertOnly(ViolationKind.Signature, "event 1 at subscription 0");
    }

    [Fact]
    public void A_changed_body_is_found()
    {
        Publish(1, 1);
        Subscribe(0, EventClass.All);
        Deliver(0, 1, 1);
        Receive(0, 1, Marks.Signed);

        Check();

        AssertOnly(ViolationKind.Altered, "event 1 at subscription 0");
    }

    [Fact]
    public void One_event_under_two_ids_is_found()
    {
        Publish(1, 1);
        Subscribe(0, EventClass.All);
        Subscribe(1, EventClass.All);
        Deliver(0, 1, 1);
        receipts.Add(new Entry { Kind = EntryKind.Received, Subscription = 1, Number = 1, Marks = Good, Id = 77 });

        Check();

        AssertOnly(ViolationKind.Identity, "event 1 at subscription 1 under another webhook-id than before");
    }

    [Fact]
    public void An_earlier_event_of_a_record_after_a_later_one_is_out_of_order()
    {
        Publish(1, 6);
        Subscribe(0, EventClass.All, marks: Marks.Ordered);
        foreach (var (number, key) in new (uint, int)[] { (1, 1), (2, 2), (5, 1), (4, 2), (3, 1), (6, 2) })
        {
            receipts.Add(new Entry { Kind = EntryKind.Received, Number = number, Key = key, Marks = Good, Id = 1 });
        }

        Check();

        AssertOnly(ViolationKind.Order, "event 3 of record 1 at subscription 0 after event 5");
    }

    [Fact]
    public void The_order_between_records_is_free_and_the_head_may_come_again_after_a_crash()
    {
        Publish(1, 4);
        Subscribe(0, EventClass.All, marks: Marks.Ordered);
        foreach (var (number, key) in new (uint, int)[] { (2, 2), (1, 1), (4, 2) })
        {
            receipts.Add(new Entry { Kind = EntryKind.Received, Number = number, Key = key, Marks = Good, Id = 1 });
        }

        Crash(inFlight: 1);
        receipts.Add(new Entry { Kind = EntryKind.Received, Number = 4, Key = 2, Marks = Good, Id = 1 });
        receipts.Add(new Entry { Kind = EntryKind.Received, Number = 3, Key = 1, Marks = Good, Id = 1 });

        Check();

        Assert.True(violations.None);
    }

    [Fact]
    public void A_callback_signed_after_the_answer_to_an_unsubscription_is_found()
    {
        Publish(1, 2);
        Subscribe(0, EventClass.All);
        Unsubscribe(0, second: 100);
        Receive(0, 1, Good, signed: 100);
        Receive(0, 2, Good, signed: 101);

        Check();

        AssertOnly(ViolationKind.AfterUnsubscribe, "event 2 at subscription 0, signed 1 s after the answer");
    }

    [Fact]
    public void Nothing_is_owed_to_a_subscription_that_ends()
    {
        Publish(1, 2);
        Subscribe(0, EventClass.All);
        Unsubscribe(0, second: 100);

        Assert.Equal(0, Check().Owed);
        Assert.True(violations.None);
    }

    [Fact]
    public void Ten_of_each_kind_are_told_and_all_are_counted()
    {
        Publish(1, 1000);
        Subscribe(0, EventClass.All);

        Check();

        var lost = Assert.Single(violations.All);
        Assert.Equal((ViolationKind.Lost, 1000, 10), (lost.Kind, lost.Count, lost.First.Count));
    }

    private LedgerTotals Check() => Ledger.Check(intents, acknowledgements, receipts, violations);

    private void AssertOnly(ViolationKind kind, string text)
    {
        var found = Assert.Single(violations.All);
        Assert.Equal((kind, text), (found.Kind, Assert.Single(found.First)));
    }

    private void Publish(uint first, int count, bool acknowledge = true, bool captured = false)
    {
        intents.Add(new Entry { Kind = EntryKind.Intent, Number = first, Value = count, Marks = captured ? Marks.Captured : Marks.None });
        if (acknowledge)
        {
            acknowledgements.Add(new Entry { Kind = EntryKind.Acknowledged, Number = first, Value = count });
        }
    }

    private void Subscribe(ushort subscription, int classes, uint from = 1, uint notBefore = 1, Marks marks = Marks.None, EndpointKind endpoint = EndpointKind.Steady)
    {
        acknowledgements.Add(new Entry { Kind = EntryKind.Subscribing, Subscription = subscription, Key = classes, Number = notBefore, Marks = marks, Id = (uint)endpoint });
        acknowledgements.Add(new Entry { Kind = EntryKind.Subscribed, Subscription = subscription, Key = classes, Number = from, Marks = marks });
    }

    private void Unsubscribe(ushort subscription, long second)
    {
        acknowledgements.Add(new Entry { Kind = EntryKind.Unsubscribing, Subscription = subscription });
        acknowledgements.Add(new Entry { Kind = EntryKind.Unsubscribed, Subscription = subscription, Value = second });
    }

    private void Deliver(ushort subscription, uint first, int count)
    {
        for (var number = first; number < first + count; number++)
        {
            Receive(subscription, number, Good);
        }
    }

    private void Receive(ushort subscription, uint number, Marks marks, long signed = 0) =>
        receipts.Add(new Entry { Kind = EntryKind.Received, Subscription = subscription, Number = number, Marks = marks, Id = 1, Value = signed });

    private void Late(ushort subscription, uint number) =>
        receipts.Add(new Entry { Kind = EntryKind.Late, Subscription = subscription, Number = number });

    private void Crash(int inFlight)
    {
        receipts.Add(new Entry { Kind = EntryKind.Ended, Value = inFlight });
        receipts.Add(new Entry { Kind = EntryKind.Started });
    }
}
