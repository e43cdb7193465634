using Postern.Configuration;
using Postern.Model.Retries;

namespace Postern.Tests.Model.Retries;

public sealed class RetryPolicyTests
{
    [Fact]
    public void A_subscription_wins_over_its_api_which_wins_over_what_holds_for_all()
    {
        var configuration = Configuration(
            all: new() { GiveUpAfter = TimeSpan.FromDays(5), Jitter = 0.5, NotStatuses = ["404"] },
            api: new() { GiveUpAfter = TimeSpan.FromDays(4), Backoff = new() });

        var policy = RetryPolicies.Of(configuration, "/shop/orders/42", new() { GiveUpAfter = TimeSpan.FromHours(1) });

        Assert.Equal((TimeSpan.FromHours(1), new RetryBackoff(), 0.5), (policy.GiveUpAfter, policy.Backoff, policy.Jitter));
        Assert.Equal(["404"], policy.NotStatuses!);
    }

    [Theory]
    [InlineData("/shop", 4)]
    [InlineData("/shop/orders", 4)]
    [InlineData("/shopping", 5)]
    [InlineData("/", 5)]
    public void What_an_api_says_holds_for_the_paths_below_its_own(string path, int days) => Assert.Equal(
        TimeSpan.FromDays(days),
        RetryPolicies.Of(Configuration(all: new() { GiveUpAfter = TimeSpan.FromDays(5) }, api: new() { GiveUpAfter = TimeSpan.FromDays(4) }), path, null).GiveUpAfter);

    [Fact]
    public void Who_gives_one_of_a_pair_replaces_both()
    {
        var scheduled = RetryPolicy.Default.With(new() { Backoff = new() }).With(new() { Schedule = [TimeSpan.Zero, TimeSpan.FromSeconds(1)] });
        var listed = RetryPolicy.Default.With(new() { NotStatuses = ["429"] }).With(new() { Statuses = ["4xx"] });

        Assert.Equal((null, TimeSpan.FromSeconds(1)), (scheduled.Backoff, scheduled.Wait(1)));
        Assert.True(listed.Retries(429));
        Assert.False(listed.Retries(500));
    }

    [Fact]
    public void A_subscription_never_gets_more_time_than_its_operator_gives_also_when_that_is_changed_later()
    {
        var asked = new RetrySettings { GiveUpAfter = TimeSpan.FromDays(2) };

        Assert.Equal(TimeSpan.FromDays(2), RetryPolicies.Of(Configuration(new(), new()), "/shop", asked).GiveUpAfter);
        Assert.Equal(
            TimeSpan.FromDays(1),
            RetryPolicies.Of(Configuration(new() { GiveUpAfter = TimeSpan.FromDays(1) }, new()), "/shop", asked).GiveUpAfter);
    }

    [Fact]
    public void Lists_of_statuses_hold_for_codes_and_classes()
    {
        var policy = new RetryPolicy { Statuses = ["5xx", "429"], NotStatuses = ["501"] };
        for (var status = 0; status <= 999; status++)
        {
            Assert.Equal(status is 429 or (>= 500 and <= 599 and not 501), policy.Retries(status));
        }
    }

    [Theory]
    [InlineData("429", true)]
    [InlineData("5xx", true)]
    [InlineData("1xx", true)]
    [InlineData("200", false)]
    [InlineData("2xx", false)]
    [InlineData("410", false)]
    [InlineData("6xx", false)]
    [InlineData("5XX", false)]
    [InlineData("50x", false)]
    [InlineData("42", false)]
    [InlineData("4290", false)]
    [InlineData("", false)]
    [InlineData("٤٢٩", false)]
    public void Only_statuses_that_can_be_failures_may_be_listed(string text, bool expected) =>
        Assert.Equal(expected, StatusPattern.Problem(text) is null);

    private static PosternConfiguration Configuration(RetrySettings all, RetrySettings api) => new()
    {
        Callbacks = new CallbacksConfiguration { Retry = all },
        Apis = new Dictionary<string, ApiConfiguration> { ["shop"] = new() { Upstream = ["http://127.0.0.1:1"], Path = "/shop", Retry = api } },
    };
}
