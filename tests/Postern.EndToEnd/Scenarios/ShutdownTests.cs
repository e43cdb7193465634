using System.Net;
using Postern.EndToEnd.Harness;

namespace Postern.EndToEnd.Scenarios;

public sealed class ShutdownTests
{
    private const int Events = 6_000;
    private const int Endpoints = 2;
    private const int SigTerm = 15;

    /// <summary>The timeout of a callback, and the five seconds that recording it may take.</summary>
    private const int Deadline = 2 + 5;

    [Fact]
    public async Task Two_restarts_by_SIGTERM_under_load_answer_the_calls_in_flight_and_lose_nothing()
    {
        Requires.Linux();
        await using var upstream = await SlowUpstream.StartAsync();
        await using var load = await LoadedGateway.StartAsync(Endpoints, "timeout: 2s", upstream: upstream.Url);
        var slow = load.Gateway.Client.Http.GetAsync(new Uri("/orders/slow", UriKind.Relative), TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => upstream.Waiting == 1, "the call is with the API");

        for (var restart = 1; restart <= 2; restart++)
        {
            var publishing = load.Producer.PublishAsync(first: 0, Events);
            await load.ReceivedAsync(restart * Events / 4);
            // Twice: who asks again is not to be answered by an end in the middle.
            load.Gateway.Send(SigTerm);
            load.Gateway.Send(SigTerm);
            upstream.Answer();
            Assert.Equal(0, await load.Gateway.WaitForExitAsync(Deadline));
            await publishing;
            if (restart == 1)
            {
                using var answer = await slow;
                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
                Assert.Equal("late", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            }

            await load.RestartAsync();
        }

        await load.Producer.PublishAsync(first: 0, Events);
        Assert.Equal(Events, load.Producer.AcknowledgedCount);
        // What is under way at SIGTERM ends and is recorded: nothing comes twice but what was cut off at the deadline.
        await load.AssertNothingLostAsync(mostDuplicates: 0);
    }
}
