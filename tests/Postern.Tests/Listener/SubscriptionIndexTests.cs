using System.Text;
using System.Text.Json;
using CsCheck;
using Postern.Configuration;
using Postern.Listener;
using Postern.Model;
using Postern.Model.Filters;
using Postern.Ports;
using Postern.Tests.Model.Filters;

namespace Postern.Tests.Listener;

public sealed class SubscriptionIndexTests : IDisposable
{
    private readonly List<Exception> faults = [];
    private readonly SubscriptionIndex index;

    public SubscriptionIndexTests() => index = new SubscriptionIndex(MaySee, (_, _, exception) => faults.Add(exception));

    public void Dispose() => index.Dispose();

    [Theory]
    [InlineData("/orders", null, true)]
    [InlineData("/orders", "42", true)]
    [InlineData("/", null, true)]
    [InlineData("/orders", "4", false)]
    [InlineData("/order", null, false)]
    [InlineData("/orders/42", "lines", false)]
    [InlineData("/Orders", null, false)]
    public void An_event_is_taken_at_its_path_and_above_by_whole_segments(string resource, string? key, bool taken)
    {
        index.Set(Make(1, resource, key), 0);
        Assert.Equal(taken, Ask(TestEvents.Make(TestEvents.Content())).Contains(1));
    }

    [Theory]
    [InlineData(SubscriptionState.Active, true)]
    [InlineData(SubscriptionState.Paused, true)]
    [InlineData(SubscriptionState.Pending, true)]
    [InlineData(SubscriptionState.Disabled, false)]
    [InlineData(SubscriptionState.Gone, false)]
    public void Only_subscriptions_that_have_not_ended_take_events(SubscriptionState state, bool taken)
    {
        index.Set(Make(1) with { State = state }, 0);
        Assert.Equal(taken, Ask(TestEvents.Make("{}")).Contains(1));
    }

    [Fact]
    public void Only_a_subscription_in_order_gets_the_key_of_the_record_and_a_test_event_stands_in_no_line()
    {
        index.Set(Make(1) with { Order = SubscriptionOrder.Key }, 0);
        index.Set(Make(2), 0);
        var (one, other) = (TestEvents.Content(), TestEvents.Content() with { Subject = "43" });
        var matches = new List<Match>();
        foreach (var content in new[] { one, one, other, one with { Subject = null }, one with { Target = 1 } })
        {
            index.Match(TestEvents.Make(content, matches.Count + 1), matches);
        }

        var keys = matches.Where(match => match.Subscription == 1).Select(match => match.Order).ToList();
        Assert.Equal([OrderKey.Of("/orders/42"), keys[0], OrderKey.Of("/orders/43"), OrderKey.Of("/orders"), 0], keys);
        Assert.All(matches.Where(match => match.Subscription == 2), match => Assert.Equal(0, match.Order));
    }

    [Fact]
    public void Events_before_the_subscription_are_not_taken()
    {
        index.Set(Make(1) with { After = 5 }, 5);
        Assert.Empty(Ask(TestEvents.Make(TestEvents.Content(), 5)));
        Assert.Equal([1], Ask(TestEvents.Make(TestEvents.Content(), 6)));
    }

    [Fact]
    public void What_happened_while_it_was_disabled_is_not_taken_afterwards()
    {
        index.Set(Make(1) with { State = SubscriptionState.Disabled }, 0);
        index.Set(Make(1) with { Version = 2 }, 7);
        Assert.Empty(Ask(TestEvents.Make(TestEvents.Content(), 7)));
        Assert.Equal([1], Ask(TestEvents.Make(TestEvents.Content(), 8)));
    }

    [Fact]
    public void The_audience_restricts_who_takes_an_event()
    {
        index.Set(Make(1) with { Consumer = "acme" }, 0);
        index.Set(Make(2) with { Consumer = "other" }, 0);
        Assert.Equal([2], Ask(TestEvents.Make(TestEvents.Content() with { Audience = ["other", "third"] })));
    }

    [Theory]
    [InlineData("/postern/callbacks", "sub_1", new long[] { 2 })]
    [InlineData("/postern", null, new long[] { 2 })]
    [InlineData("https://any.example/postern/subscriptions?x", null, new long[] { 2 })]
    [InlineData("/posterns", null, new long[] { 1 })]
    [InlineData("/shop/postern", null, new long[] { 1 })]
    public void What_the_gateway_says_of_itself_is_not_for_a_subscription_to_everything(string source, string? subject, long[] takers)
    {
        index.Set(Make(1, "/"), 0);
        index.Set(Make(2, "/postern"), 0);

        Assert.Equal(takers, Ask(TestEvents.Make(TestEvents.Content(source, subject))));
    }

    [Fact]
    public void A_test_event_goes_to_its_target_alone_and_whatever_it_filters()
    {
        index.Set(Make(1), 0);
        index.Set(Make(2, filter: """{"exact":{"type":"never"}}"""), 0);
        index.Set(Make(3) with { State = SubscriptionState.Disabled }, 0);
        Assert.Equal([2], Ask(TestEvents.Make(TestEvents.Content() with { Target = 2 })));
        Assert.Empty(Ask(TestEvents.Make(TestEvents.Content() with { Target = 3 })));
    }

    [Fact]
    public void An_older_version_changes_nothing()
    {
        index.Set(Make(1) with { Version = 3, State = SubscriptionState.Disabled }, 0);
        index.Set(Make(1) with { Version = 2 }, 0);
        Assert.Empty(Ask(TestEvents.Make("{}")));
    }

    [Fact]
    public void A_stored_filter_that_cannot_be_read_keeps_all_events_away()
    {
        Assert.NotEmpty(index.Set(Make(1, filter: """{"later":{}}"""), 0));
        Assert.NotEmpty(index.Set(Make(2, filter: "{"), 0));
        Assert.Empty(Ask(TestEvents.Make("{}")));
    }

    [Fact]
    public void Nothing_stays_of_what_was_removed()
    {
        for (var number = 1; number <= 100; number++)
        {
            index.Set(Make(number, "/r" + number % 7, number % 3 == 0 ? "k" : null, $$$"""{"exact":{"data.f{{{number % 5}}}":{{{number}}}}}""") with
            {
                Events = [.. Enumerable.Range(0, number % 12).Select(type => "t" + type)],
            }, 0);
        }

        for (var number = 1; number <= 100; number++)
        {
            index.Remove(number);
        }

        Assert.Equal((0, 0, 0), (index.Count, index.Paths, index.Fields));
    }

    [Fact]
    public void The_index_finds_what_asking_every_subscription_finds() =>
        Gen.Select(Gen.Select(GenSubscription, Gen.Int[0, 3]).List[0, 40], GenContent).Sample(sample =>
        {
            var (changes, content) = sample;
            using var tried = new SubscriptionIndex(MaySee, (_, _, exception) => throw exception);
            var standing = new Dictionary<long, Subscription>();
            foreach (var ((subscription, change), version) in changes.Select((one, version) => (one, version + 1)))
            {
                if (change == 0)
                {
                    tried.Remove(subscription.Number);
                    standing.Remove(subscription.Number);
                }
                else
                {
                    tried.Set(subscription with { Version = version }, 0);
                    // One that goes on taking events never takes those again that came before it did.
                    var before = standing.GetValueOrDefault(subscription.Number);
                    standing[subscription.Number] = subscription with { After = Math.Max(subscription.After, IsTaking(before) ? before!.After : 0) };
                }
            }

            var matches = new List<Match>();
            var @event = TestEvents.Make(content, 3);
            tried.Match(@event, matches);
            Assert.Equal(
                standing.Values.Where(subscription => Naive(subscription, @event)).Select(subscription => subscription.Number).Order(),
                matches.Select(match => match.Subscription).Order());
        });

    private static bool IsTaking(Subscription? subscription) => subscription?.State is SubscriptionState.Active or SubscriptionState.Paused;

    /// <summary>What a replay of the log decides, of one subscription alone.</summary>
    [Fact]
    public void Matching_one_subscription_again_finds_what_the_rules_say() =>
        Gen.Select(GenSubscription, GenContent).Sample((subscription, content) =>
        {
            var @event = TestEvents.Make(content, 9);
            using var match = new SubscriptionMatch(subscription, MaySee);
            Assert.Equal(Naive(subscription with { State = SubscriptionState.Active }, @event), match.Takes(@event));
        });

    private static bool MaySee(EventContent content, string consumer) => EventAudience.MaySee(new PosternConfiguration(), content, consumer);

    private static bool Naive(Subscription subscription, Event @event)
    {
        if (subscription.State is not (SubscriptionState.Active or SubscriptionState.Paused)
            || !ResourcePath.IsAtOrBelow(@event.Content.Path, subscription.Path)
            || (subscription.Events.Count > 0 && !subscription.Events.Contains(@event.Content.Type))
            || (@event.Content.Audience is { } audience && !audience.Contains(subscription.Consumer))
            || @event.Sequence <= subscription.After)
        {
            return false;
        }

        if (subscription.Filter is null)
        {
            return true;
        }

        using var document = JsonDocument.Parse(subscription.Filter);
        using var fields = new EventFields();
        fields.Begin(@event);
        return FilterParser.Parse(document.RootElement).Filter!.Matches(fields);
    }

    private static Gen<Subscription> GenSubscription { get; } = Gen.Select(
        Gen.Int[1, 12],
        Gen.OneOf("/", "/a", "/a/b", "/ab", "/a/b/c"),
        Gen.OneOf(null, "b", "c", "x/y"),
        Gen.OneOf("t0", "t1", "t2").Array[0, 3],
        Gen.OneOf(SubscriptionState.Active, SubscriptionState.Paused, SubscriptionState.Disabled),
        Gen.OneOf(
            null,
            """{"exact":{"data.a":1}}""",
            """{"exact":{"data.a":1.0,"subject":"b"}}""",
            """{"exact":{"data.a":"x"}}""",
            """{"exact":{"data.l[*]":2}}""",
            """{"not":{"exact":{"data.a":1}}}""",
            """{"any":[{"prefix":{"subject":"x"}},{"exact":{"$.l[0]":1}}]}"""),
        Gen.OneOf("acme", "other"),
        (number, resource, key, types, state, filter, consumer) => Make(number, resource, key, filter) with
        {
            // The store never lets a subscription's start go back.
            Events = types, State = state, Consumer = consumer, After = number % 5,
        });

    private static Gen<EventContent> GenContent { get; } = Gen.Select(
        Gen.OneOf("/", "/a", "/a/b", "//", "/a//b", "https://example.com/a/b/c?q", "urn:x"),
        Gen.OneOf(null, "b", "c", "x/y"),
        Gen.OneOf("t0", "t1", "t9"),
        Gen.OneOf("""{"a":1,"l":[1,2]}""", """{"a":"x","l":[3]}""", "{}", "poison \uFFFD", """{"a":"\uD800"}"""),
        Gen.OneOf<IReadOnlyList<string>?>(null, ["acme"], ["nobody"]),
        (source, subject, type, data, audience) => TestEvents.Content(source, subject, type, data) with { Audience = audience });

    private static Subscription Make(long number, string resource = "/orders", string? key = null, string? filter = null) => new()
    {
        Number = number, Id = "sub_" + number, Consumer = "acme", Resource = resource, Key = key, Callback = "https://example.com/",
        Filter = filter, Created = TestEvents.Time, Secrets = [], Version = 1,
    };

    private List<long> Ask(Event @event)
    {
        var matches = new List<Match>();
        index.Match(@event, matches);
        Assert.Empty(faults);
        return [.. matches.Select(match => match.Subscription)];
    }
}
