using Postern.EndToEnd.Harness;

namespace Postern.EndToEnd.Scenarios;

public sealed class PauseTests
{
    private const int Events = 6_000;
    private const int Endpoints = 4;
    private const int Concurrency = 16;
    private const int SigCont = 18;
    private const int SigStop = 19;

    /// <summary>
    /// A few seconds are as good as half a minute: the longest time that could run out during the pause is the timeout of a
    /// callback, 1 s here. The lock on the store is the kernel's and has no time to run out; there are no leases.
    /// </summary>
    [Fact]
    public async Task After_a_pause_of_the_whole_process_nothing_is_lost_and_nobody_else_could_have_taken_over()
    {
        Requires.Linux();
        await using var load = await LoadedGateway.StartAsync(Endpoints, $"concurrency: {Concurrency}, timeout: 1s");
        var publishing = load.Producer.PublishAsync(first: 0, Events);
        await load.ReceivedAsync(Events / 4);

        load.Gateway.Send(SigStop);
        try
        {
            var (exitCode, log) = await PosternProgram.RunAsync("run", "--config", await load.Scratch.WriteAsync("second.yaml", Second(load)));
            Assert.True(exitCode == 1 && log.Contains("in use by another process", StringComparison.Ordinal), log);

            // What had been sent before the pause has come by now: from here on nothing may.
            var before = load.Receiver.Count;
            Assert.True(before < Events * Endpoints, "Everything was delivered before the pause: it proves nothing.");
            await Eventually.NeverAsync(() => load.Receiver.Count > before, () => "a stopped process called back", TimeSpan.FromSeconds(3));
        }
        finally
        {
            load.Gateway.Send(SigCont);
        }

        await publishing;
        Assert.Equal(Events, load.Producer.AcknowledgedCount);
        await load.AssertNothingLostAsync(mostDuplicates: 2 * Endpoints * Concurrency);
    }

    private static string Second(LoadedGateway load) => new GatewaySetup { Upstream = load.Gateway.Setup.Upstream, Data = load.Data }.Yaml;
}
