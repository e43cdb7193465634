using Microsoft.AspNetCore.Http;
using Postern.Callbacks.Sending;
using Postern.Model;
using Postern.Model.CloudEvents;
using Postern.Tests.Callbacks;

namespace Postern.Tests.Gateway;

/// <summary>A callback that leads to a callback that leads to a callback comes to an end (§2.1 S-10).</summary>
public sealed class LoopTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null, 201)]
    [InlineData("5", 201)]
    [InlineData("6", 508)]
    [InlineData("99999999999999999999", 508)]
    [InlineData("many", 201)]
    public async Task A_call_that_came_over_more_than_five_callbacks_is_refused_before_the_api_sees_it(string? hops, int status)
    {
        var calls = 0;
        await using var upstream = await UpstreamHost.StartAsync(context =>
        {
            calls++;
            context.Response.StatusCode = 201;
            return Task.CompletedTask;
        });
        await using var gateway = await GatewayHost.StartAsync(upstream.Port);

        Assert.Equal(status, (int)(await PostAsync(gateway, hops)).StatusCode);

        Assert.Equal(status == 201 ? 1 : 0, calls);
        Assert.Equal(status == 201 ? 1 : 0, gateway.Store.Staged.Count);
    }

    [Fact]
    public async Task A_captured_change_goes_on_counting_and_its_callback_counts_one_more()
    {
        await using var upstream = await UpstreamHost.StartAsync(context =>
        {
            context.Response.StatusCode = 201;
            return Task.CompletedTask;
        });
        await using var gateway = await GatewayHost.StartAsync(upstream.Port);

        await PostAsync(gateway, "3");
        await PostAsync(gateway, null);

        var (third, first) = (gateway.Store.Staged.First(), gateway.Store.Staged.Last());
        Assert.Equal((3, 0), (Hops.Of(third), Hops.Of(first)));
        Assert.Equal(["4", "1"], new[] { third, first }.Select(HeaderOf));
    }

    [Fact]
    public async Task Callbacks_that_cause_themselves_stop_after_five()
    {
        await using var upstream = await UpstreamHost.StartAsync(context =>
        {
            context.Response.StatusCode = 201;
            return Task.CompletedTask;
        });
        await using var gateway = await GatewayHost.StartAsync(upstream.Port);

        var answers = new List<int> { (int)(await PostAsync(gateway, null)).StatusCode };
        while (answers[^1] == 201 && answers.Count < 20)
        {
            answers.Add((int)(await PostAsync(gateway, HeaderOf(gateway.Store.Staged.Last()))).StatusCode);
        }

        Assert.Equal([201, 201, 201, 201, 201, 201, 508], answers);
    }

    [Fact]
    public void The_count_is_not_among_the_attributes_that_a_receiver_sees()
    {
        var content = Hops.Continue(CallbackRig.Content() with { Extensions = new Dictionary<string, string> { ["tenant"] = "a" } }, 2);

        using var request = Message(content);

        Assert.Contains("ce-tenant", request.Headers.Select(header => header.Key));
        Assert.DoesNotContain("ce-posternhops", request.Headers.Select(header => header.Key));
    }

    private static async Task<HttpResponseMessage> PostAsync(GatewayHost gateway, string? hops)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/orders") { Content = new StringContent("{}") };
        if (hops is not null)
        {
            request.Headers.Add(Hops.Header, hops);
        }

        return await gateway.Client.SendAsync(request, Cancellation);
    }

    private static string HeaderOf(EventContent content)
    {
        using var request = Message(content);
        return request.Headers.GetValues(Hops.Header).Single();
    }

    private static Postern.Egress.EgressRequest Message(EventContent content)
    {
        var protector = new Postern.Egress.SecretProtector(new byte[32]);
        var subscription = new Postern.Callbacks.SubscriptionRuntime(CallbackRig.Describe("https://receiver.example/"), protector, static _ => true);
        return CallbackMessage.Create(new Event { Sequence = 1, Id = EventId.Create(1), Staged = content.Time, Content = content }, subscription, content.Time, 1);
    }
}
