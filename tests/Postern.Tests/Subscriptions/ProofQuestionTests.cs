using Microsoft.Extensions.Time.Testing;
using Postern.Model;
using Postern.Subscriptions.Proving;

namespace Postern.Tests.Subscriptions;

public sealed class ProofQuestionTests
{
    private const string Origin = "gateway.example.com";

    [Theory]
    [InlineData("https://example.com/hooks", "https://example.com/hooks?hub.mode=subscribe&hub.topic=%2Forders%2F42&hub.challenge=abc&hub.lease_seconds=3600")]
    [InlineData("https://example.com/hooks?a=b%20c&d", "https://example.com/hooks?a=b%20c&d&hub.mode=subscribe&hub.topic=%2Forders%2F42&hub.challenge=abc&hub.lease_seconds=3600")]
    [InlineData("https://example.com", "https://example.com/?hub.mode=subscribe&hub.topic=%2Forders%2F42&hub.challenge=abc&hub.lease_seconds=3600")]
    public void The_challenge_stands_behind_the_query_of_the_callback(string callback, string asked)
    {
        var subscription = new Subscription { Id = "sub_1", Consumer = "acme", Resource = "/orders", Key = "42", Callback = callback, Created = default, Secrets = [] };

        Assert.Equal(asked, Challenge.UrlOf(subscription, "abc", TimeSpan.FromHours(1)).AbsoluteUri);
    }

    [Fact]
    public void Every_challenge_is_another() => Assert.Equal(1_000, Enumerable.Range(0, 1_000).Select(_ => Challenge.Create()).Distinct().Count());

    [Theory]
    [InlineData(Origin, null, false, true, null)]
    [InlineData("*", null, false, true, null)]
    [InlineData("GATEWAY.example.com", "*", true, true, null)]
    [InlineData(Origin, "120", true, true, 120)]
    [InlineData(Origin, null, true, false, null)]
    [InlineData(Origin, "0", true, false, null)]
    [InlineData(Origin, "-1", false, false, null)]
    [InlineData(Origin, "many", false, false, null)]
    [InlineData(null, "120", true, false, null)]
    [InlineData("", null, false, false, null)]
    [InlineData("other.example.com", null, false, false, null)]
    [InlineData("gateway.example.com, other.example.com", null, false, false, null)]
    [InlineData("*.example.com", null, false, false, null)]
    public void Only_our_origin_or_a_star_is_a_consent_to_a_handshake(string? allowed, string? rate, bool asked, bool given, int? perMinute)
    {
        using var response = new HttpResponseMessage();
        foreach (var (name, value) in new[] { ("WebHook-Allowed-Origin", allowed), ("WebHook-Allowed-Rate", rate) })
        {
            if (value is not null)
            {
                response.Headers.Add(name, value);
            }
        }

        var answer = Handshake.Judge(response.Headers, Origin, asked);

        Assert.Equal(given, answer is ProofAnswer.Consent);
        Assert.Equal(perMinute, (answer as ProofAnswer.Consent)?.Rate);
    }

    [Fact]
    public void Ten_thousand_subscriptions_to_one_host_ask_it_once_a_second()
    {
        var time = new FakeTimeProvider();
        var hosts = new AskedHosts(time);
        var asked = 0;
        for (var second = 0; second < 60; second++)
        {
            asked += Enumerable.Range(0, 10_000 / 60).Count(index => hosts.TryTake(new Uri($"https://victim.example:{8000 + index % 50}/{index}")));
            time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(AskedHosts.Burst + 59, asked);
        Assert.True(hosts.TryTake(new Uri("https://other.example/")));
    }

    [Fact]
    public void A_clock_that_is_set_back_silences_no_host()
    {
        var time = new FakeTimeProvider { AutoAdvanceAmount = TimeSpan.Zero };
        var hosts = new AskedHosts(time);
        while (hosts.TryTake(new Uri("https://example.com/")))
        {
        }

        time.AdjustTime(time.GetUtcNow().AddHours(-2));
        Assert.False(hosts.TryTake(new Uri("https://example.com/")));
        time.Advance(AskedHosts.Interval * 2);

        Assert.True(hosts.TryTake(new Uri("https://example.com/")));
    }
}
