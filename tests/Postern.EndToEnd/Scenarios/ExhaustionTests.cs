using System.Net.Sockets;
using Postern.EndToEnd.Harness;

namespace Postern.EndToEnd.Scenarios;

/// <summary>What a machine has is used up: the program sheds load, lives on, and recovers by itself.</summary>
public sealed class ExhaustionTests
{
    [Fact]
    public async Task With_no_file_descriptor_left_it_lives_on_and_takes_events_again_when_there_are_some()
    {
        Requires.Linux();
        Requires.Tool("prlimit");
        await using var load = await LoadedGateway.StartAsync(endpoints: 4, launch: new Launch { Prefix = ["prlimit", "--nofile=320:320"] });
        await load.Producer.PublishAsync(first: 0, 200);
        await load.AssertNothingLostAsync(mostDuplicates: 0);

        var idle = new List<Socket>();
        try
        {
            var gateway = new Uri(load.Gateway.Url);
            for (var number = 0; number < 400; number++)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                idle.Add(socket);
                await socket.ConnectAsync(gateway.Host, gateway.Port, TestContext.Current.CancellationToken);
            }

            await Eventually.TrueAsync(
                () => Directory.GetFiles($"/proc/{load.Gateway.ProcessId}/fd").Length >= 310, () => $"{Directory.GetFiles($"/proc/{load.Gateway.ProcessId}/fd").Length} of 320 descriptors in use");
            // The connections that were there before are served; callbacks find their sockets in the pool.
            await load.Producer.PublishAsync(first: 200, 200);
        }
        finally
        {
            idle.ForEach(socket => socket.Dispose());
        }

        Assert.False(load.Gateway.HasExited, load.Gateway.Log);
        await load.Producer.PublishAsync(first: 200, 200);
        Assert.Equal(400, load.Producer.AcknowledgedCount);
        await load.AssertNothingLostAsync(mostDuplicates: 0);
    }

    [Fact]
    public async Task With_two_threads_in_the_pool_everything_is_delivered()
    {
        await using var load = await LoadedGateway.StartAsync(endpoints: 4, launch: new Launch
        {
            Environment = new Dictionary<string, string> { ["DOTNET_ThreadPool_ForceMinWorkerThreads"] = "2", ["DOTNET_ThreadPool_ForceMaxWorkerThreads"] = "2" },
        });
        await load.Producer.PublishAsync(first: 0, 2_000);
        Assert.Equal(2_000, load.Producer.AcknowledgedCount);
        await load.AssertNothingLostAsync(mostDuplicates: 0);
    }

    [Fact]
    public async Task With_no_port_left_for_callbacks_they_are_retried()
    {
        Requires.Linux();
        Requires.Tool("strace", "-V");
        await using var load = await LoadedGateway.StartAsync(endpoints: 2);
        load.Receiver.Closes = true;
        await using (var exhausted = await Strace.AttachAsync(load.Gateway.ProcessId, "connect:error=EADDRNOTAVAIL", load.Scratch))
        {
            await load.Producer.PublishAsync(first: 0, 100);
            await Eventually.TrueAsync(() => exhausted.Count >= 10, () => $"{exhausted.Count} refused connections");
            Assert.Equal(0, load.Receiver.Count);
        }

        Assert.Equal(100, load.Producer.AcknowledgedCount);
        await load.AssertNothingLostAsync(mostDuplicates: 0);
    }
}
